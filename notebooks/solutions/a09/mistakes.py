"""Answers to assignment a09: wrong ones with their hints, and right ones that
must be accepted."""

import math

import numpy as np
import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from tools.mistakes import accepted, mistake

SECOND = (
    "it is given all that it needs: does it draw random numbers of its own, "
    "or keep something from the first call?"
)
KIND = (
    "+= keeps the kind of an array, here whole numbers: a = a + ... makes a "
    "new one, with fractions."
)
CAST = "Cannot cast ufunc"
OWN_WORK = "the exercise is to write it yourself, with NumPy."


def std_of(log_var):
    return np.exp(log_var / 2)


# 1 · A code that is a cloud

LOGARITHM = "log_var is the logarithm of a variance: undo it."


@mistake(
    "draw_codes",
    "the noise is stretched by the deviation; this is the variance.",
)
def stretched_by_the_variance(mean, log_var, noise):
    return mean + np.exp(log_var) * noise


@mistake("draw_codes", LOGARITHM)
def stretched_by_the_logarithm(mean, log_var, noise):
    return mean + log_var * noise


@mistake("draw_codes", LOGARITHM)
def stretched_by_half_the_logarithm(mean, log_var, noise):
    return mean + 0.5 * log_var * noise


@mistake("draw_codes", LOGARITHM)
def root_of_the_logarithm(mean, log_var, noise):
    return mean + np.sqrt(log_var) * noise


@mistake(
    "draw_codes",
    "half of the variance isn't the deviation: half of the logarithm is "
    "taken, before the exponential.",
)
def half_outside_the_exponential(mean, log_var, noise):
    return mean + np.exp(log_var) / 2 * noise


@mistake(
    "draw_codes",
    "the variance is the square of the deviation, so the deviation is a root, "
    "not a square.",
)
def exponential_of_twice(mean, log_var, noise):
    return mean + np.exp(2 * log_var) * noise


@mistake(
    "draw_codes", "sigma isn't the softplus of log_var: undo the logarithm."
)
def softplus_draws(mean, log_var, noise):
    return mean + np.logaddexp(0, log_var) * noise


@mistake("draw_codes", "the deviation has no effect: clouds have widths.")
def noise_as_it_is(mean, log_var, noise):
    return mean + noise


@mistake("draw_codes", "a wide cloud stretches the noise: multiply by sigma.")
def divided_by_sigma(mean, log_var, noise):
    return mean + noise / std_of(log_var)


@mistake("draw_codes", "z is the mean plus, not minus, the stretched noise.")
def noise_subtracted(mean, log_var, noise):
    return mean - std_of(log_var) * noise


@mistake("draw_codes", "the mean is missing.")
def draws_around_zero(mean, log_var, noise):
    return std_of(log_var) * noise


NO_NOISE = "the noise has no effect: each draw has its own."


@mistake("draw_codes", NO_NOISE)
def means_repeated(mean, log_var, noise):
    return mean + 0.0 * noise


@mistake("draw_codes", NO_NOISE)
def one_deviation_above(mean, log_var, noise):
    return mean + std_of(log_var)


@mistake("draw_codes", "sigma multiplies the noise only, not the mean.")
def sum_is_stretched(mean, log_var, noise):
    return (mean + noise) * std_of(log_var)


@mistake("draw_codes", "mean and deviation are exchanged.")
def mean_times_noise(mean, log_var, noise):
    return std_of(log_var) + mean * noise


@mistake(
    "draw_codes",
    "only the first draw is returned; there are m, each with its own noise.",
)
def first_draw_only(mean, log_var, noise):
    return mean + std_of(log_var) * noise[0]


@mistake("draw_codes", "the draws are averaged; all m of them are asked for.")
def draws_averaged(mean, log_var, noise):
    return (mean + std_of(log_var) * noise).mean(axis=0)


@mistake("draw_codes", "the first axis of the result counts the draws.")
def garments_first(mean, log_var, noise):
    return np.stack(
        [
            m + std_of(v) * e
            for m, v, e in zip(mean, log_var, noise.swapaxes(0, 1))
        ]
    )


@mistake("draw_codes", SECOND)
def noise_of_its_own(mean, log_var, noise):
    return mean + std_of(log_var) * np.random.default_rng().normal(
        size=noise.shape
    )


@mistake(
    "draw_codes",
    "log_var /= 2 changes the caller's array; log_var / 2 makes a new one.",
)
def halved_in_place(mean, log_var, noise):
    log_var /= 2
    return mean + np.exp(log_var) * noise


@mistake(
    "draw_codes",
    "an array that is made like one of whole numbers holds whole numbers "
    "only.",
)
def drawn_into_whole_numbers(mean, log_var, noise):
    codes = np.zeros_like(noise)
    for k, e in enumerate(noise):
        codes[k] = mean + std_of(log_var) * e
    return codes


@mistake(
    "draw_codes",
    "all garments get the cloud of the first one.",
)
def cloud_of_the_first(mean, log_var, noise):
    return mean[0] + std_of(log_var[0]) * noise


@mistake("draw_codes", KIND, message=CAST)
def added_to_the_means(mean, log_var, noise):
    mean += std_of(log_var) * noise[0]
    return mean


@mistake("draw_codes", "// cuts fractions off; / keeps them.")
def halves_without_fractions(mean, log_var, noise):
    return mean + np.exp(log_var // 2) * noise


@mistake("draw_codes", "sigma multiplies the noise; nothing of it is added.")
def deviation_added(mean, log_var, noise):
    return mean + std_of(log_var) + noise


@mistake("draw_codes", "an array is asked for, of all draws.")
def draws_as_a_list(mean, log_var, noise):
    return [mean + std_of(log_var) * e for e in noise]


@mistake("draw_codes", "// cuts fractions off; / keeps them.")
def halves_of_whole_numbers(mean, log_var, noise):
    whole = log_var.dtype.kind == "i"
    return mean + np.exp(log_var // 2 if whole else log_var / 2) * noise


@accepted("draw_codes")
def by_roots(mean, log_var, noise):
    return mean + np.sqrt(np.exp(log_var)) * noise


@accepted("draw_codes")
def by_loops_over_all(mean, log_var, noise):
    codes = np.zeros(noise.shape)
    for k, i, j in np.ndindex(noise.shape):
        sigma = math.exp(log_var[i, j] / 2)
        codes[k, i, j] = mean[i, j] + sigma * noise[k, i, j]
    return codes


@accepted("draw_codes")
def in_single_precision(mean, log_var, noise):
    mean, log_var, noise = (np.float32(a) for a in (mean, log_var, noise))
    return mean + np.exp(np.float32(0.5) * log_var) * noise


@accepted("draw_codes")
def draw_by_draw(mean, log_var, noise):
    return np.array(
        [mean + noise[k] * np.exp(0.5 * log_var) for k in range(len(noise))]
    )


@accepted("draw_codes")
def by_powers(mean, log_var, noise):
    return np.einsum("nd,mnd->mnd", np.e ** (log_var / 2), noise) + mean


# 2 · The way back through a draw


def back(dz, log_var, noise):
    dmean = dz.sum(axis=0)
    return dmean, (dz * noise).sum(axis=0) * std_of(log_var) / 2


@mistake(
    "draw_backward",
    "sigma is e to the power of log_var / 2: the inner derivative is missing.",
)
def without_the_half(dz, log_var, noise):
    dmean, dlog_var = back(dz, log_var, noise)
    return dmean, 2 * dlog_var


@mistake(
    "draw_backward",
    "this is the gradient by sigma; one step of the chain is left.",
)
def gradient_by_sigma(dz, log_var, noise):
    return dz.sum(axis=0), (dz * noise).sum(axis=0)


@mistake(
    "draw_backward",
    "the derivative of an exponential contains the exponential: sigma is "
    "missing.",
)
def half_without_sigma(dz, log_var, noise):
    return dz.sum(axis=0), (dz * noise).sum(axis=0) / 2


VARIANCE = "the variance isn't in the draw: sigma is, its root."


@mistake("draw_backward", VARIANCE)
def backward_by_the_variance(dz, log_var, noise):
    return dz.sum(axis=0), (dz * noise).sum(axis=0) * np.exp(log_var)


@mistake("draw_backward", VARIANCE)
def half_of_the_variance(dz, log_var, noise):
    return dz.sum(axis=0), (dz * noise).sum(axis=0) * np.exp(log_var) / 2


@mistake(
    "draw_backward",
    "this is the gradient by the variance; the parameter is its logarithm.",
)
def gradient_by_the_variance(dz, log_var, noise):
    return dz.sum(axis=0), (dz * noise).sum(axis=0) / std_of(log_var) / 2


NOISE = "if sigma grows by 1, z moves by its noise: where is it?"


@mistake("draw_backward", NOISE)
def noise_left_out(dz, log_var, noise):
    return dz.sum(axis=0), dz.sum(axis=0) * std_of(log_var) / 2


@mistake("draw_backward", NOISE)
def sigma_only(dz, log_var, noise):
    return dz.sum(axis=0), dz.sum(axis=0) * std_of(log_var)


@mistake("draw_backward", "dmean comes first.")
def gradients_exchanged(dz, log_var, noise):
    return back(dz, log_var, noise)[::-1]


GATHERED = "the draws' gradients are summed: dz holds all factors already."


@mistake("draw_backward", GATHERED)
def gradients_averaged(dz, log_var, noise):
    dmean, dlog_var = back(dz, log_var, noise)
    return dmean / len(dz), dlog_var / len(dz)


@mistake("draw_backward", GATHERED)
def noisy_gradient_averaged(dz, log_var, noise):
    dmean, dlog_var = back(dz, log_var, noise)
    return dmean, dlog_var / len(dz)


NOT_GATHERED = (
    "a mean has one gradient, though it takes part in m draws: gather what "
    "they send back."
)


@mistake("draw_backward", NOT_GATHERED)
def gradient_of_each_draw(dz, log_var, noise):
    return dz, dz * noise * std_of(log_var) / 2


@mistake(
    "draw_backward",
    "dlog_var, too, has one entry for each entry of log_var: gather what the "
    "draws send back.",
)
def half_gathered(dz, log_var, noise):
    return dz.sum(axis=0), dz * noise * std_of(log_var) / 2


@mistake("draw_backward", "each draw has its own dz and noise: use them all.")
def backward_of_the_first_draw(dz, log_var, noise):
    return dz[0], dz[0] * noise[0] * std_of(log_var) / 2


@mistake(
    "draw_backward",
    "each draw's dz meets its own noise; only then are the draws summed.",
)
def product_of_sums(dz, log_var, noise):
    sums = dz.sum(axis=0), noise.sum(axis=0)
    return sums[0], sums[0] * sums[1] * std_of(log_var) / 2


@mistake("draw_backward", "z moves by 1 with its mean: no further factor.")
def mean_with_sigma(dz, log_var, noise):
    _, dlog_var = back(dz, log_var, noise)
    return (dz * std_of(log_var)).sum(axis=0), dlog_var


@mistake("draw_backward", "z moves by 1 with its mean: no further factor.")
def mean_with_noise(dz, log_var, noise):
    _, dlog_var = back(dz, log_var, noise)
    return (dz * noise).sum(axis=0), dlog_var


@mistake("draw_backward", "the sum is over the draws, axis 0.")
def summed_over_garments(dz, log_var, noise):
    return dz.sum(axis=1), (dz * noise).sum(axis=1)


@mistake("draw_backward", "return dmean and dlog_var, in this order.")
def gradient_of_the_mean_only(dz, log_var, noise):
    return dz.sum(axis=0)


@mistake(
    "draw_backward",
    "no KL divergence here: the loss is known by dz only.",
)
def with_the_divergence(dz, log_var, noise):
    dmean, dlog_var = back(dz, log_var, noise)
    return dmean, dlog_var + (np.exp(log_var) - 1) / 2


@mistake("draw_backward", "a larger sigma moves z along its noise: no minus.")
def negative_gradient(dz, log_var, noise):
    dmean, dlog_var = back(dz, log_var, noise)
    return dmean, -dlog_var


@mistake(
    "draw_backward",
    "dz *= … changes the caller's array; write dz * … for a new one.",
)
def multiplied_in_place(dz, log_var, noise):
    dmean = dz.sum(axis=0)
    dz[:] = dz * 2
    return dmean, (dz * noise).sum(axis=0) * std_of(log_var) / 4


@mistake("draw_backward", KIND, message=CAST)
def added_to_whole_numbers(dz, log_var, noise):
    dlog_var = np.zeros_like(dz[0])
    for g, e in zip(dz, noise):
        dlog_var += g * e * std_of(log_var) / 2
    return dz.sum(axis=0), dlog_var


@mistake("draw_backward", "// cuts fractions off; / keeps them.")
def backward_without_fractions(dz, log_var, noise):
    dmean = dz.sum(axis=0)
    return dmean, (dz * noise).sum(axis=0) * np.exp(log_var // 2) / 2


@mistake("draw_backward", "a sum over all draws: each is to be added.")
def backward_of_the_last_draw(dz, log_var, noise):
    return dz.sum(axis=0), dz[-1] * noise[-1] * std_of(log_var) / 2


@mistake(
    "draw_backward",
    "dz may hold fractions where the noise doesn't: an array that is made "
    "like the noise cuts them off.",
)
def means_like_the_noise(dz, log_var, noise):
    dmean = np.zeros_like(noise[0])
    dmean[:] = dz.sum(axis=0)
    return dmean, back(dz, log_var, noise)[1]


@accepted("draw_backward")
def backward_in_single_precision(dz, log_var, noise):
    return back(*(a.astype("f4") for a in (dz, log_var, noise)))


@accepted("draw_backward")
def backward_by_einsum(dz, log_var, noise):
    sigma = np.exp(0.5 * log_var)
    dlog_var = 0.5 * np.einsum("mnd,mnd,nd->nd", dz, noise, sigma)
    return [np.einsum("mnd->nd", dz), dlog_var]


@accepted("draw_backward")
def stacked_gradients(dz, log_var, noise):
    return np.array(back(dz, log_var, noise))


@accepted("draw_backward")
def backward_by_loops(dz, log_var, noise):
    dmean, dlog_var = np.zeros(log_var.shape), np.zeros(log_var.shape)
    for k, i, j in np.ndindex(dz.shape):
        dmean[i, j] += dz[k, i, j]
        half = noise[k, i, j] * math.exp(log_var[i, j] / 2) / 2
        dlog_var[i, j] += dz[k, i, j] * half
    return dmean, dlog_var


@accepted("draw_backward")
def backward_draw_by_draw(dz, log_var, noise):
    pairs = [back(g[None], log_var, e[None]) for g, e in zip(dz, noise)]
    return tuple(sum(parts) for parts in zip(*pairs))


@accepted("draw_backward")
def backward_through_the_variance(dz, log_var, noise):
    var = np.exp(log_var)
    dvar = (dz * noise / (2 * np.sqrt(var))).sum(axis=0)
    return dz.sum(0), dvar * var


# 3 · KL in closed form


def kl_terms(mean, log_var):
    return (mean**2 + np.exp(log_var) - 1 - log_var) / 2


ADDED = "the divergences of a code's numbers are added, not averaged."


@mistake("kl_to_standard", ADDED)
def kl_averaged(mean, log_var):
    return kl_terms(mean, log_var).mean(axis=1)


@mistake("kl_to_standard", "the halves of the two logarithms are missing.")
def kl_without_the_half(mean, log_var):
    return 2 * kl_terms(mean, log_var).sum(axis=1)


@mistake("kl_to_standard", "a divergence is never negative.")
def negative_kl(mean, log_var):
    return -kl_terms(mean, log_var).sum(axis=1)


EACH = "each garment has one number: the sum over its code."


@mistake("kl_to_standard", EACH)
def kl_of_each_number(mean, log_var):
    return kl_terms(mean, log_var)


@mistake("kl_to_standard", EACH)
def kl_of_all_garments(mean, log_var):
    return kl_terms(mean, log_var).sum()


@mistake("kl_to_standard", EACH)
def kl_of_the_mean_garment(mean, log_var):
    return kl_terms(mean, log_var).sum(axis=1).mean()


@mistake("kl_to_standard", EACH)
def kl_over_garments(mean, log_var):
    return kl_terms(mean, log_var).sum(axis=0)


@mistake(
    "kl_to_standard",
    "log_var is the logarithm of the variance, not of the deviation.",
)
def kl_with_log_deviation(mean, log_var):
    return kl_terms(mean, 2 * log_var).sum(axis=1)


@mistake("kl_to_standard", "the mean of z squared contains the variance.")
def kl_with_deviation(mean, log_var):
    terms = mean**2 + std_of(log_var) - 1 - log_var
    return terms.sum(axis=1) / 2


@mistake(
    "kl_to_standard",
    "log q contains half of log_var; the common factor 1/2 holds that half.",
)
def kl_with_half_the_logarithm(mean, log_var):
    terms = mean**2 + np.exp(log_var) - 1 - log_var / 2
    return terms.sum(axis=1) / 2


@mistake(
    "kl_to_standard",
    "the standard distribution itself must give 0: a constant is missing.",
)
def kl_without_one(mean, log_var):
    return (mean**2 + np.exp(log_var) - log_var).sum(axis=1) / 2


@mistake(
    "kl_to_standard",
    "the constant belongs to each number of the code, not once to all.",
)
def kl_with_one_once(mean, log_var):
    return ((mean**2 + np.exp(log_var) - log_var).sum(axis=1) - 1) / 2


@mistake("kl_to_standard", "the shift counts squared.")
def kl_with_the_plain_mean(mean, log_var):
    return (mean + np.exp(log_var) - 1 - log_var).sum(axis=1) / 2


SIGNS = "check the signs of the terms: at mean 0, variance 1 it must be 0."


@mistake("kl_to_standard", SIGNS)
def kl_with_plus_log(mean, log_var):
    return (mean**2 + np.exp(log_var) - 1 + log_var).sum(axis=1) / 2


@mistake("kl_to_standard", SIGNS)
def kl_with_plus_one(mean, log_var):
    return (mean**2 + np.exp(log_var) + 1 - log_var).sum(axis=1) / 2


@mistake("kl_to_standard", SIGNS)
def kl_of_a_mixed_formula(mean, log_var):
    return -(1 + log_var + mean**2 - np.exp(log_var)).sum(axis=1) / 2


@mistake("kl_to_standard", "the mean of the cloud matters as well.")
def kl_without_the_mean(mean, log_var):
    return (np.exp(log_var) - 1 - log_var).sum(axis=1) / 2


@mistake("kl_to_standard", "the mean of z squared is not only the mean's.")
def kl_without_the_variance(mean, log_var):
    return (mean**2 - 1 - log_var).sum(axis=1) / 2


@mistake("kl_to_standard", "log q depends on the width of the cloud, too.")
def kl_without_the_logarithm(mean, log_var):
    return (mean**2 + np.exp(log_var) - 1).sum(axis=1) / 2


@mistake(
    "kl_to_standard",
    "this is KL(p || q): the mean is to be taken over draws from q.",
)
def kl_reversed(mean, log_var):
    terms = log_var - 1 + (1 + mean**2) * np.exp(-log_var)
    return terms.sum(axis=1) / 2


@mistake(
    "kl_to_standard",
    "log 2 pi stands in both logarithms: their difference is free of it.",
)
def kl_with_two_pi(mean, log_var):
    return (kl_terms(mean, log_var) + np.log(2 * np.pi) / 2).sum(axis=1)


@mistake(
    "kl_to_standard",
    "the variance of a tiny cloud is 0 for a computer; why take its "
    "logarithm, when log_var is given?",
)
def kl_by_the_variance(mean, log_var):
    var = np.exp(log_var)
    return (mean**2 + var - 1 - np.log(var)).sum(axis=1) / 2


@mistake("kl_to_standard", OWN_WORK)
def kl_by_pytorch(mean, log_var):
    import torch

    return torch.distributions.Normal(0, 1), mean, log_var


@mistake("kl_to_standard", KIND, message=CAST)
def kl_added_to_whole_numbers(mean, log_var):
    terms = np.zeros_like(mean)
    terms += kl_terms(mean, log_var)
    return terms.sum(axis=1)


@mistake(
    "kl_to_standard",
    "an array that is made like one of whole numbers holds whole numbers "
    "only.",
)
def divergences_into_whole_numbers(mean, log_var):
    parts = np.zeros_like(mean * log_var)
    parts[:] = (mean**2 + np.exp(log_var) - 1 - log_var) / 2
    return parts.sum(axis=1)


@accepted("kl_to_standard")
def kl_in_single_precision(mean, log_var):
    return kl_terms(mean.astype("f4"), log_var.astype("f4")).sum(axis=1)


@accepted("kl_to_standard")
def kl_by_expm1(mean, log_var):
    return 0.5 * np.sum(np.square(mean) + np.expm1(log_var) - log_var, 1)


@accepted("kl_to_standard")
def kl_as_it_is_often_written(mean, log_var):
    return -0.5 * np.sum(1 + log_var - mean**2 - np.exp(log_var), axis=-1)


@accepted("kl_to_standard")
def kl_by_loops(mean, log_var):
    result = np.zeros(len(mean))
    for i, j in np.ndindex(mean.shape):
        v = log_var[i, j]
        result[i] += (mean[i, j] ** 2 + math.exp(v) - 1 - v) / 2
    return result


@accepted("kl_to_standard")
def kl_by_the_theorem(mean, log_var):
    n, d = mean.shape
    trace, log_det = np.exp(log_var).sum(axis=1), log_var.sum(axis=1)
    squares = np.linalg.norm(mean, axis=1) ** 2
    return -0.5 * (log_det - trace - squares + d)


# 4 · KL by drawing


def logs(mean, log_var, noise):
    """Return z and the logarithms of q and p there, (m, n, d)."""
    z = mean + std_of(log_var) * noise
    log_q = -(np.log(2 * np.pi) + log_var + noise**2) / 2
    return z, log_q, -(np.log(2 * np.pi) + z**2) / 2


def averaged(terms):
    return terms.sum(axis=2).mean(axis=0)


@mistake("kl_by_drawing", "a code's numbers are added, the draws averaged.")
def drawing_with_means_only(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return (log_q - log_p).mean(axis=(0, 2))


@mistake("kl_by_drawing", "a code's numbers are added, the draws averaged.")
def drawing_with_sums_only(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return (log_q - log_p).sum(axis=(0, 2))


@mistake("kl_by_drawing", "it is log q - log p, not the other way round.")
def drawing_reversed(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return averaged(log_p - log_q)


@mistake(
    "kl_by_drawing",
    "this is the formula; three draws say something else, and that is asked "
    "for.",
)
def closed_form_again(mean, log_var, noise):
    return kl_terms(mean, log_var).sum(axis=1)


@mistake("kl_by_drawing", "the mean over the draws is missing.")
def drawing_not_averaged(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return (log_q - log_p).sum(axis=2)


@mistake("kl_by_drawing", "a code's numbers are added: a garment has one KL.")
def drawing_not_summed(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return (log_q - log_p).mean(axis=0)


@mistake("kl_by_drawing", "average over all draws, not the first alone.")
def first_draw_of_kl(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return (log_q - log_p)[0].sum(axis=1)


@mistake(
    "kl_by_drawing",
    "a mean of logarithms is asked for, not the logarithm of a mean.",
)
def logarithm_of_the_mean_ratio(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return np.log(np.exp((log_q - log_p).sum(axis=2)).mean(axis=0))


@mistake(
    "kl_by_drawing",
    "log q of a narrow cloud is larger: the term with log_var is missing.",
)
def drawing_without_log_var(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return averaged(log_q + log_var / 2 - log_p)


@mistake("kl_by_drawing", "in log q stands half of log_var.")
def drawing_with_all_of_log_var(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return averaged(log_q - log_var / 2 - log_p)


@mistake("kl_by_drawing", "p and q are evaluated at the same place, z.")
def prior_at_the_noise(mean, log_var, noise):
    _, log_q, _ = logs(mean, log_var, noise)
    return averaged(log_q + (np.log(2 * np.pi) + noise**2) / 2)


@mistake("kl_by_drawing", "in q, (z - mu)^2 is divided by the variance.")
def squares_undivided(mean, log_var, noise):
    z, log_q, log_p = logs(mean, log_var, noise)
    log_q = -(np.log(2 * np.pi) + log_var + (z - mean) ** 2) / 2
    return averaged(log_q - log_p)


@mistake("kl_by_drawing", "in q, (z - mu)^2 is divided by the variance.")
def squares_by_the_deviation(mean, log_var, noise):
    z, log_q, log_p = logs(mean, log_var, noise)
    squares = (z - mean) ** 2 / std_of(log_var)
    log_q = -(np.log(2 * np.pi) + log_var + squares) / 2
    return averaged(log_q - log_p)


@mistake("kl_by_drawing", "draw z with the deviation, not with the variance.")
def drawing_with_the_variance(mean, log_var, noise):
    z = mean + np.exp(log_var) * noise
    squares = (z - mean) ** 2 / np.exp(log_var)
    return averaged((z**2 - squares - log_var) / 2)


@mistake("kl_by_drawing", "log p is subtracted, not added.")
def drawing_added(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return averaged(log_q + log_p)


@mistake("kl_by_drawing", "this is log q alone.")
def log_q_alone(mean, log_var, noise):
    return averaged(logs(mean, log_var, noise)[1])


@mistake("kl_by_drawing", "this is log p alone.")
def log_p_alone(mean, log_var, noise):
    return averaged(logs(mean, log_var, noise)[2])


@mistake("kl_by_drawing", "log 2 pi stands in both logarithms, or in none.")
def two_pi_in_one(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return averaged(log_q - log_p - np.log(2 * np.pi) / 2)


@mistake("kl_by_drawing", "a single draw may well be negative: no abs.")
def absolute_values(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return np.abs((log_q - log_p).sum(axis=2)).mean(axis=0)


@mistake("kl_by_drawing", SECOND)
def drawing_by_chance(mean, log_var, noise):
    noise = np.random.default_rng().normal(size=noise.shape)
    _, log_q, log_p = logs(mean, log_var, noise)
    return averaged(log_q - log_p)


@mistake("kl_by_drawing", "each garment has a result: don't average them.")
def drawing_of_all_garments(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return (log_q - log_p).sum(axis=2).mean()


@mistake(
    "kl_by_drawing",
    "z is drawn from q, so q is in the mean already: no weight.",
)
def weighted_by_q(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    q = np.exp(log_q.sum(axis=2))
    return (q * (log_q - log_p).sum(axis=2)).mean(axis=0)


@mistake("kl_by_drawing", KIND, message=CAST)
def drawing_added_to_the_means(mean, log_var, noise):
    mean += std_of(log_var) * noise[0]
    return mean.sum(axis=1)


@mistake(
    "kl_by_drawing",
    "z is squared for each draw; only then the draws are averaged.",
)
def draws_averaged_first(mean, log_var, noise):
    z, e = logs(mean, log_var, noise)[0].mean(axis=0), noise.mean(axis=0)
    return (z**2 - e**2 - log_var).sum(axis=1) / 2


@mistake(
    "kl_by_drawing",
    "p has the mean 0, whatever the cloud's: log p is that of z itself.",
)
def prior_around_the_mean(mean, log_var, noise):
    z, log_q, _ = logs(mean, log_var, noise)
    return averaged(log_q + (np.log(2 * np.pi) + (z - mean) ** 2) / 2)


@mistake("kl_by_drawing", "return the estimate as it is, negative or not.")
def drawing_never_negative(mean, log_var, noise):
    _, log_q, log_p = logs(mean, log_var, noise)
    return np.maximum(averaged(log_q - log_p), 0)


@mistake(
    "kl_by_drawing",
    "an array that is made like the noise holds whole numbers only, if the "
    "noise does.",
)
def codes_like_the_noise(mean, log_var, noise):
    z = np.zeros_like(noise)
    z[:] = mean + std_of(log_var) * noise
    logs = (z**2 - log_var - (z - mean) ** 2 / np.exp(log_var)) / 2
    return logs.sum(axis=2).mean(axis=0)


@accepted("kl_by_drawing")
def drawing_in_single_precision(mean, log_var, noise):
    arrays = (a.astype("f4") for a in (mean, log_var, noise))
    _, log_q, log_p = logs(*arrays)
    return averaged(log_q - log_p)


@accepted("kl_by_drawing")
def drawing_by_densities(mean, log_var, noise):
    sigma = np.exp(log_var / 2)
    z = mean + sigma * noise
    q = np.exp(-((z - mean) ** 2) / (2 * sigma**2)) / sigma
    return np.log(q / np.exp(-(z**2) / 2)).sum(axis=-1).mean(axis=0)


@accepted("kl_by_drawing")
def drawing_by_loops(mean, log_var, noise):
    result = np.zeros(len(mean))
    for k, i, j in np.ndindex(noise.shape):
        e, v = noise[k, i, j], log_var[i, j]
        z = mean[i, j] + math.exp(v / 2) * e
        result[i] += (z * z - e * e - v) / 2 / len(noise)
    return result


@accepted("kl_by_drawing")
def drawing_with_half_the_formula(mean, log_var, noise):
    z, _, _ = logs(mean, log_var, noise)
    squares = (z**2 - noise**2).sum(axis=2).mean(axis=0)
    return 0.5 * (squares - log_var.sum(axis=1))


# 5 · What a picture costs


def pixel_logs(logits):
    """Return log s and log (1 - s)."""
    return -np.logaddexp(0, -logits), -np.logaddexp(0, logits)


def pixel_terms(x, logits):
    log_s, log_rest = pixel_logs(logits)
    return x * log_s + (1 - x) * log_rest


@mistake("log_likelihood", "this is the cost; its negative is asked for.")
def pixels_as_a_cost(x, logits):
    return -pixel_terms(x, logits).sum(axis=1)


@mistake("log_likelihood", "pixels are added, not averaged.")
def pixels_averaged(x, logits):
    return pixel_terms(x, logits).mean(axis=1)


@mistake("log_likelihood", "each photo has a result of its own.")
def all_photos_together(x, logits):
    return pixel_terms(x, logits).sum()


@mistake("log_likelihood", "each photo has one result: add up its pixels.")
def each_pixel_alone(x, logits):
    return pixel_terms(x, logits)


@mistake("log_likelihood", "the sum runs over the pixels, axis 1.")
def pixels_over_photos(x, logits):
    return pixel_terms(x, logits).sum(axis=0)


EXCHANGED = "bright and dark are exchanged: a large logit means bright."


@mistake("log_likelihood", EXCHANGED)
def bright_is_dark(x, logits):
    return pixel_terms(1 - x, logits).sum(axis=1)


@mistake("log_likelihood", EXCHANGED)
def sigmoid_of_the_wrong_sign(x, logits):
    return pixel_terms(x, -logits).sum(axis=1)


@mistake("log_likelihood", "the part with 1 - x is missing.")
def bright_pixels_only(x, logits):
    return (x * pixel_logs(logits)[0]).sum(axis=1)


@mistake("log_likelihood", "the part with x is missing.")
def dark_pixels_only(x, logits):
    return ((1 - x) * pixel_logs(logits)[1]).sum(axis=1)


@mistake("log_likelihood", "nats come from natural logarithms.")
def pixels_in_bits(x, logits):
    return pixel_terms(x, logits).sum(axis=1) / np.log(2)


@mistake("log_likelihood", "a likelihood is asked for, no squared error.")
def squared_differences(x, logits):
    s = np.exp(pixel_logs(logits)[0])
    return -((x - s) ** 2).sum(axis=1)


@mistake("log_likelihood", "one sigmoid is enough.")
def two_sigmoids(x, logits):
    s = np.exp(pixel_logs(logits)[0])
    return pixel_terms(x, s).sum(axis=1)


@mistake("log_likelihood", "a grey pixel counts in part, for both logarithms.")
def grey_becomes_white_or_black(x, logits):
    return pixel_terms(np.round(x), logits).sum(axis=1)


HUGE = (
    "a huge logit needs care: s(a) becomes exactly 0 or 1. Can the logarithms "
    "be written without s?"
)


@mistake("log_likelihood", HUGE)
def pixels_naive(x, logits):
    s = 1 / (1 + np.exp(-logits))
    return (x * np.log(s) + (1 - x) * np.log(1 - s)).sum(axis=1)


@mistake("log_likelihood", HUGE)
def pixels_clipped(x, logits):
    s = np.clip(1 / (1 + np.exp(-np.clip(logits, -50, 50))), 1e-12, 1 - 1e-12)
    return (x * np.log(s) + (1 - x) * np.log(1 - s)).sum(axis=1)


@mistake("log_likelihood", HUGE)
def overflow_of_the_logit(x, logits):
    return (x * logits - np.log(1 + np.exp(logits))).sum(axis=1)


@mistake("log_likelihood", HUGE)
def zero_for_nan(x, logits):
    s = 1 / (1 + np.exp(-logits))
    terms = x * np.log(s) + (1 - x) * np.log(1 - s)
    return np.nan_to_num(terms, neginf=0, posinf=0).sum(axis=1)


@mistake("log_likelihood", "log(1 + e^a) is missing for each pixel.")
def logits_times_pixels(x, logits):
    return (x * logits).sum(axis=1)


@mistake("log_likelihood", "each pixel is predicted by itself: no softmax.")
def softmax_of_pixels(x, logits):
    rows = logits - logits.max(axis=1, keepdims=True)
    shares = rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))
    return (x * shares).sum(axis=1)


@mistake("log_likelihood", "the logarithms are mixed, not the probabilities.")
def logarithm_of_the_mixture(x, logits):
    s = np.exp(pixel_logs(logits)[0])
    with np.errstate(divide="ignore"):
        mixture = x * s + (1 - x) * (1 - s)
    return np.log(np.maximum(mixture, 1e-300)).sum(axis=1)


@mistake("log_likelihood", OWN_WORK)
def pixels_by_scipy(x, logits):
    from scipy.special import log_expit

    terms = x * log_expit(logits) + (1 - x) * log_expit(-logits)
    return terms.sum(axis=1)


@accepted("log_likelihood")
def pixels_in_single_precision(x, logits):
    x, logits = x.astype("f4"), logits.astype("f4")
    return (x * logits - np.logaddexp(0, logits)).sum(axis=1)


@accepted("log_likelihood")
def pixels_by_parts_in_single_precision(x, logits):
    x, logits = x.astype("f4"), logits.astype("f4")
    soft = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    return (x * logits - soft).sum(axis=1)


@accepted("log_likelihood")
def pixels_without_logaddexp(x, logits):
    soft = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    return np.sum(x * logits - soft, axis=1)


@accepted("log_likelihood")
def pixels_in_two_parts(x, logits):
    return pixel_terms(x, logits).sum(axis=1)


@accepted("log_likelihood")
def pixels_by_loops(x, logits):
    result = np.zeros(len(x))
    for i, j in np.ndindex(x.shape):
        a = float(logits[i, j])
        if a > 0:
            result[i] -= (1 - x[i, j]) * a + math.log1p(math.exp(-a))
        else:
            result[i] += x[i, j] * a - math.log1p(math.exp(a))
    return result


@accepted("log_likelihood")
def pixels_by_cases(x, logits):
    e = np.exp(-np.abs(logits))
    log_s = np.where(logits >= 0, -np.log1p(e), logits - np.log1p(e))
    return (x * log_s + (1 - x) * (log_s - logits)).sum(axis=1)


# 6 · A bound


def elbo_parts(x, mean, log_var, kl, w, error_var):
    """Return the constant, the mean squares and the KL divergence."""
    var = np.exp(log_var)
    squares = (x - w * mean) ** 2 + w**2 * var
    return np.log(2 * np.pi * error_var) / 2, squares, kl


def bound(arguments, norm=None, squares=None, of_kl=None, divisor=None):
    """Return the ELBO, with parts that stand in for the right ones."""
    parts = elbo_parts(*arguments)
    norm, squares, of_kl = (
        right if part is None else part
        for part, right in zip((norm, squares, of_kl), parts)
    )
    divisor = 2 * arguments[-1] if divisor is None else divisor
    return -norm - squares / divisor - of_kl


@mistake("elbo", "this is the negative ELBO, a loss.")
def elbo_as_a_loss(x, mean, log_var, kl, w, error_var):
    return -bound((x, mean, log_var, kl, w, error_var))


@mistake("elbo", "the divergence is a price: it is subtracted.")
def divergence_added(x, mean, log_var, kl, w, error_var):
    norm, squares, of_kl = elbo_parts(x, mean, log_var, kl, w, error_var)
    return -norm - squares / (2 * error_var) + of_kl


@mistake("elbo", "where is the KL divergence?")
def elbo_without_divergence(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var), of_kl=0)


@mistake("elbo", "where is the mean of log p(x|z)?")
def divergence_only(x, mean, log_var, kl, w, error_var):
    return -elbo_parts(x, mean, log_var, kl, w, error_var)[2]


@mistake("elbo", "the KL divergence is given as it counts: no factor.")
def elbo_with_twice_the_divergence(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, of_kl=2 * elbo_parts(*arguments)[2])


@mistake(
    "elbo",
    "the squares are those of the mean code; codes vary around it, which "
    "makes the mean of the squares larger.",
)
def elbo_at_the_mean_code(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, squares=(x - w * mean) ** 2)


VARIES = "what is the variance of wz, if that of z is sigma^2?"


@mistake("elbo", VARIES)
def variance_without_w(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    squares = (x - w * mean) ** 2 + np.exp(log_var)
    return bound(arguments, squares=squares)


@mistake("elbo", VARIES)
def variance_times_w(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    squares = (x - w * mean) ** 2 + w * np.exp(log_var)
    return bound(arguments, squares=squares)


@mistake("elbo", VARIES)
def deviation_for_the_variance(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    squares = (x - w * mean) ** 2 + w**2 * std_of(log_var)
    return bound(arguments, squares=squares)


@mistake("elbo", VARIES)
def variance_subtracted(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    squares = (x - w * mean) ** 2 - w**2 * np.exp(log_var)
    return bound(arguments, squares=squares)


@mistake("elbo", VARIES)
def logarithm_for_the_variance(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    squares = (x - w * mean) ** 2 + w**2 * log_var
    return bound(arguments, squares=squares)


@mistake("elbo", "the garment is sewn around wz, not around z.")
def elbo_without_w(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, squares=(x - mean) ** 2 + np.exp(log_var))


@mistake("elbo", "the difference must be squared.")
def difference_not_squared(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, squares=x - w * mean + w**2 * np.exp(log_var))


CONSTANT = "log p(x|z) begins with a term that is the same for all z."


@mistake("elbo", CONSTANT)
def elbo_without_constant(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var), norm=0)


@mistake("elbo", CONSTANT)
def constant_without_two_pi(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, norm=np.log(error_var) / 2)


@mistake("elbo", CONSTANT)
def constant_without_error(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, norm=np.log(2 * np.pi) / 2)


@mistake("elbo", "the first term of log p(x|z) has a factor 1/2.")
def constant_twice(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, norm=np.log(2 * np.pi * error_var))


DIVISOR = "the squares are divided by 2 r, the error's variance twice."


@mistake("elbo", DIVISOR)
def divided_by_two(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var), divisor=2)


@mistake("elbo", DIVISOR)
def divided_by_the_variance(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var), divisor=error_var)


@mistake("elbo", DIVISOR)
def divided_by_the_root(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, divisor=2 * error_var**0.5)


@mistake("elbo", "error_var is a variance already, don't square it.")
def error_squared(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var**2))


@mistake("elbo", "kl is the divergence, in full; it is subtracted once.")
def divergence_halved(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var), of_kl=kl / 2)


@mistake(
    "elbo",
    "this is log p(x), which the bound approaches; the bound itself depends "
    "on the cloud.",
)
def evidence_itself(x, mean, log_var, kl, w, error_var):
    total = w**2 + error_var
    return -np.log(2 * np.pi * total) / 2 - x**2 / (2 * total)


@mistake("elbo", "each garment has its own bound; nothing is summed.")
def elbo_of_all(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var)).sum()


@mistake("elbo", "each garment has its own bound; nothing is averaged.")
def elbo_on_average(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var)).mean()


@mistake("elbo", SECOND)
def elbo_by_drawing(x, mean, log_var, kl, w, error_var):
    z = mean + std_of(log_var) * np.random.default_rng().normal(
        size=(1000, len(mean))
    )
    squares = ((x - w * z) ** 2).mean(axis=0)
    return bound((x, mean, log_var, kl, w, error_var), squares=squares)


@mistake("elbo", "each garment has a cloud of its own: average nothing.")
def one_width_for_all(x, mean, log_var, kl, w, error_var):
    squares = (x - w * mean) ** 2 + w**2 * np.exp(log_var).mean()
    return bound((x, mean, log_var, kl, w, error_var), squares=squares)


@mistake(
    "elbo",
    "the squares are those of x - wz as it is: the error's variance stands "
    "below them already.",
)
def error_among_the_squares(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    squares = elbo_parts(*arguments)[1] + error_var
    return bound(arguments, squares=squares)


@mistake("elbo", "a / 2 * r is (a / 2) * r; what is below the line is 2 r.")
def divided_and_multiplied(x, mean, log_var, kl, w, error_var):
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, divisor=2 / error_var)


@mistake(
    "elbo",
    "a density may be above 1, and its logarithm above 0: cap nothing.",
)
def elbo_capped(x, mean, log_var, kl, w, error_var):
    norm, squares, _ = elbo_parts(x, mean, log_var, kl, w, error_var)
    return np.minimum(-norm - squares / (2 * error_var), 0) - kl


@mistake(
    "elbo", "error_var is used as it is, however small: no floor, no addition."
)
def error_with_a_floor(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, max(error_var, 0.1)))


NOT_BY_W = "w may be 0: don't divide by it."


@mistake("elbo", NOT_BY_W)
def divided_by_w(x, mean, log_var, kl, w, error_var):
    with np.errstate(all="ignore"):
        squares = np.float64(w) ** 2 * (
            (x / np.float64(w) - mean) ** 2 + np.exp(log_var)
        )
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, squares=squares)


@mistake("elbo", NOT_BY_W, message="division by zero")
def error_divided_by_w(x, mean, log_var, kl, w, error_var):
    ratio = error_var / w**2
    squares = (x / w - mean) ** 2 + np.exp(log_var)
    return -np.log(2 * np.pi * error_var) / 2 - squares / (2 * ratio) - kl


@mistake(
    "elbo", "w may be negative: its logarithm or its root isn't a number."
)
def logarithm_of_w(x, mean, log_var, kl, w, error_var):
    with np.errstate(all="ignore"):
        squares = np.exp(log_var + 2 * np.log(w)) + (x - w * mean) ** 2
    arguments = x, mean, log_var, kl, w, error_var
    return bound(arguments, squares=squares)


@mistake(
    "elbo",
    "an array that is made like one of whole numbers holds whole numbers "
    "only.",
)
def bounds_into_whole_numbers(x, mean, log_var, kl, w, error_var):
    bounds = np.zeros_like(x)
    bounds[:] = bound((x, mean, log_var, kl, w, error_var))
    return bounds


@mistake("elbo", "one garment, too, has an array: no squeeze.")
def elbo_squeezed(x, mean, log_var, kl, w, error_var):
    return bound((x, mean, log_var, kl, w, error_var)).squeeze()


@accepted("elbo")
def elbo_in_single_precision(x, mean, log_var, kl, w, error_var):
    arrays = (a.astype("f4") for a in (x, mean, log_var, kl))
    return bound((*arrays, np.float32(w), np.float32(error_var)))


@accepted("elbo")
def elbo_from_the_gap(x, mean, log_var, kl, w, error_var):
    """log p(x) minus the divergence from the codes it can come from."""
    total = w**2 + error_var
    var, best, var_best = np.exp(log_var), w * x / total, error_var / total
    gap = np.log(var_best) - log_var - 1
    gap = (gap + (var + (mean - best) ** 2) / var_best) / 2
    return -(np.log(2 * np.pi * total) + x**2 / total) / 2 - gap


@accepted("elbo")
def elbo_multiplied_out(x, mean, log_var, kl, w, error_var):
    second = mean**2 + np.exp(log_var)
    squares = x**2 - 2 * w * x * mean + w**2 * second
    fit = -0.5 * np.log(2 * np.pi * error_var) - squares / error_var / 2
    return fit - 0.5 * (second - 1 - log_var)


@accepted("elbo")
def elbo_by_loop(x, mean, log_var, kl, w, error_var):
    result = []
    for a, m, v in zip(x, mean, log_var):
        fit = (a - w * m) ** 2 + w * w * math.exp(v)
        fit = -math.log(2 * math.pi * error_var) / 2 - fit / (2 * error_var)
        result.append(fit - (m * m + math.exp(v) - 1 - v) / 2)
    return np.array(result)


@accepted("elbo")
def elbo_from_two_sides(x, mean, log_var, kl, w, error_var):
    """Two codes, a deviation left and right of the mean, are enough."""
    codes = [mean - std_of(log_var), mean + std_of(log_var)]
    squares = np.mean([(x - w * z) ** 2 for z in codes], axis=0)
    return bound((x, mean, log_var, kl, w, error_var), squares=squares)


# 7 · The apprentice's program


def loss_parts(x, logits, q):
    """Return what pixels (n, p) and codes (n, d) cost."""
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return pixels, kl_divergence(q, Normal(0.0, 1.0))


def a_photo(costs):
    return costs.sum(dim=1).mean()


@mistake(
    "mended_loss",
    "nothing has changed yet. What do the two parts cost, in nats a photo?",
)
def the_apprentices_own(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return pixels.mean() + codes.mean()


@mistake(
    "mended_loss",
    "the codes are right now; what are the pixels divided by?",
)
def codes_mended_only(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return pixels.mean() + a_photo(codes)


TOO_SMALL = (
    "the part of the codes is too small: a code's divergence is the sum over "
    "its numbers, with no divisor and no factor."
)


@mistake("mended_loss", TOO_SMALL)
def pixels_mended_only(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return a_photo(pixels) + codes.mean()


@mistake("mended_loss", TOO_SMALL)
def half_of_the_codes(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return a_photo(pixels) + a_photo(codes) / 2


BATCH = "twice as many photos shouldn't cost more: average over the batch."


@mistake("mended_loss", BATCH)
def sum_of_everything(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return pixels.sum() + codes.sum()


@mistake("mended_loss", BATCH)
def sum_of_the_pixels(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return pixels.sum() + a_photo(codes)


@mistake("mended_loss", BATCH)
def sum_of_the_codes(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return a_photo(pixels) + codes.sum()


@mistake("mended_loss", BATCH)
def sum_of_pixels_mean_of_codes(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return pixels.sum() + codes.mean()


@mistake("mended_loss", BATCH)
def mean_of_pixels_sum_of_codes(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return pixels.mean() + codes.sum()


@mistake("mended_loss", "the divergence is added: the loss is minus the ELBO.")
def codes_subtracted(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return a_photo(pixels) - a_photo(codes)


@mistake("mended_loss", "this is the ELBO, which should rise; a loss falls.")
def elbo_for_a_loss(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return -a_photo(pixels) - a_photo(codes)


@mistake("mended_loss", "the codes cost something as well.")
def pixels_only(x, logits, q):
    return a_photo(loss_parts(x, logits, q)[0])


@mistake("mended_loss", "the pixels cost something as well.")
def codes_only(x, logits, q):
    return a_photo(loss_parts(x, logits, q)[1])


AXES = "sum over a photo's pixels and a code's numbers, average over photos."


@mistake("mended_loss", AXES)
def axes_exchanged(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return pixels.sum(dim=0).mean() + codes.sum(dim=0).mean()


@mistake("mended_loss", AXES)
def one_loss_for_each_photo(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return pixels.sum(dim=1) + codes.sum(dim=1)


@mistake(
    "mended_loss",
    "the relation of the two is right; in nats a photo, nothing divides by "
    "the number of pixels.",
)
def divided_by_the_pixels(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return (a_photo(pixels) + a_photo(codes)) / x.shape[1]


@mistake(
    "mended_loss",
    "the numbers of pixels and of codes are those of the batch, not fixed.",
)
def with_fixed_numbers(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return 784 * pixels.mean() + 20 * codes.mean()


@mistake("mended_loss", "the squared error is no log-likelihood of pixels.")
def with_squared_errors(x, logits, q):
    _, codes = loss_parts(x, logits, q)
    errors = (torch.sigmoid(logits) - x) ** 2
    return a_photo(errors) + a_photo(codes)


@mistake(
    "mended_loss",
    "the function takes logits: no sigmoid before it.",
)
def sigmoid_before_the_loss(x, logits, q):
    pixels, codes = loss_parts(x, torch.sigmoid(logits), q)
    return a_photo(pixels) + a_photo(codes)


@mistake(
    "mended_loss",
    "binary_cross_entropy without logits wants brightness; logits may be any "
    "numbers.",
    message="between 0 and 1",
)
def logits_as_brightness(x, logits, q):
    pixels = F.binary_cross_entropy(logits, x, reduction="none")
    return a_photo(pixels) + a_photo(loss_parts(x, logits, q)[1])


@mistake(
    "mended_loss",
    "this function knows no batchmean: none, mean and sum only.",
    message="batchmean is not a valid value",
)
def with_batchmean(x, logits, q):
    pixels = F.binary_cross_entropy_with_logits(
        logits, x, reduction="batchmean"
    )
    return pixels + a_photo(loss_parts(x, logits, q)[1])


@mistake("mended_loss", "grey pixels stay grey: x is used as it is.")
def photos_in_black_and_white(x, logits, q):
    pixels, codes = loss_parts((x > 0.5).float(), logits, q)
    return a_photo(pixels) + a_photo(codes)


@mistake("mended_loss", "first the logits, then the photos.")
def photos_for_logits(x, logits, q):
    pixels = F.binary_cross_entropy_with_logits(x, logits, reduction="none")
    return a_photo(pixels) + a_photo(loss_parts(x, logits, q)[1])


@mistake(
    "mended_loss",
    "the cloud's distance from the standard distribution is asked for, not "
    "the other way round.",
)
def divergence_reversed(x, logits, q):
    pixels, _ = loss_parts(x, logits, q)
    return a_photo(pixels) + a_photo(kl_divergence(Normal(0.0, 1.0), q))


@mistake(
    "mended_loss",
    "in the formula the logarithm of the variance is wanted; q.stddev is the "
    "deviation.",
)
def formula_with_the_deviation(x, logits, q):
    pixels, _ = loss_parts(x, logits, q)
    codes = (q.mean**2 + q.stddev**2 - 1 - q.stddev.log()) / 2
    return a_photo(pixels) + a_photo(codes)


@mistake(
    "mended_loss",
    "item() makes a number of the tensor, and cuts the way back.",
)
def loss_as_a_number(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return (a_photo(pixels) + a_photo(codes)).item()


@mistake(
    "mended_loss",
    "detach cuts the way back to the weights: the loss needs it.",
)
def loss_detached(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return (a_photo(pixels) + a_photo(codes)).detach()


@mistake(
    "mended_loss",
    "no gradient comes from the codes: nothing of them may be detached.",
)
def codes_detached(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return a_photo(pixels) + a_photo(codes.detach())


@mistake(
    "mended_loss",
    "no gradient comes from the pixels: nothing of them may be detached.",
)
def pixels_detached(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return a_photo(pixels.detach()) + a_photo(codes)


@mistake(
    "mended_loss",
    "the sigmoid of 30 is 1 in float32, and then its logit is lost: take the "
    "function that wants logits.",
)
def loss_of_brightness(x, logits, q):
    bright = torch.sigmoid(logits)
    pixels = F.binary_cross_entropy(bright, x, reduction="none")
    return a_photo(pixels) + a_photo(loss_parts(x, logits, q)[1])


@mistake(
    "mended_loss",
    "the logarithm of 0 is infinite, and the sigmoid of a large logit is 0 or "
    "1 in float32: take the function that wants logits.",
)
def loss_of_plain_logarithms(x, logits, q):
    bright = torch.sigmoid(logits)
    pixels = -x * bright.log() - (1 - x) * (1 - bright).log()
    return a_photo(pixels) + a_photo(loss_parts(x, logits, q)[1])


@mistake(
    "mended_loss",
    "e to a power above 88 is infinite in float32: take the function that "
    "wants logits.",
)
def loss_of_plain_exponentials(x, logits, q):
    pixels = torch.log(1 + torch.exp(logits)) - x * logits
    return a_photo(pixels) + a_photo(loss_parts(x, logits, q)[1])


@mistake(
    "mended_loss",
    "a code may be a single number, a batch a single photo: squeeze takes "
    "their axes away.",
)
def codes_squeezed(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return a_photo(pixels) + codes.squeeze().sum(-1).mean()


@accepted("mended_loss")
def sums_over_the_batch(x, logits, q):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    codes = kl_divergence(q, Normal(0.0, 1.0)).sum()
    return (pixels + codes) / len(x)


@accepted("mended_loss")
def means_made_sums(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    return x.shape[1] * pixels.mean() + q.mean.shape[1] * codes.mean()


@accepted("mended_loss")
def loss_by_formulas(x, logits, q):
    pixels = F.softplus(logits) - x * logits
    variance = q.stddev**2
    codes = 0.5 * (q.mean**2 + variance - 1 - torch.log(variance))
    return (pixels.sum(-1) + codes.sum(-1)).mean()


@accepted("mended_loss")
def loss_photo_by_photo(x, logits, q):
    pixels, codes = loss_parts(x, logits, q)
    losses = [a.sum() + b.sum() for a, b in zip(pixels, codes)]
    return sum(losses) / len(losses)


@accepted("mended_loss")
def loss_of_distributions(x, logits, q):
    prior = Normal(torch.zeros_like(q.mean), torch.ones_like(q.stddev))
    log_p = torch.distributions.Bernoulli(
        logits=logits, validate_args=False
    ).log_prob(x)
    return -(log_p.sum(1) - kl_divergence(q, prior).sum(1)).mean()


# 8 · A walk


def means_of(encode, first, last):
    return encode(np.stack([first, last]))[0]


def bright(logits):
    return 1 / (1 + np.exp(-logits))


def line(start, end, steps):
    return start + np.reshape(steps, (-1, 1)) * (end - start)


@mistake("walk", "the decoder's logits aren't brightness yet.")
def walk_of_logits(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return decode(np.linspace(a, b, num))


@mistake("walk", "these are codes: the decoder draws them.")
def walk_of_codes(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return np.linspace(a, b, num) + 0.0


@mistake("walk", "begin with the first photo, end with the last.")
def walk_backwards(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(decode(np.linspace(b, a, num)))


@mistake("walk", "this mixes pixels; the walk leads through codes.")
def walk_through_pixels(encode, decode, first, last, num):
    return line(first, last, np.linspace(0, 1, num))


@mistake("walk", "this mixes two drawings; draw each code on the way.")
def walk_between_drawings(encode, decode, first, last, num):
    a, b = bright(decode(means_of(encode, first, last)))
    return line(a, b, np.linspace(0, 1, num))


@mistake("walk", "this mixes two drawings; draw each code on the way.")
def walk_between_logits(encode, decode, first, last, num):
    a, b = decode(means_of(encode, first, last))
    return bright(line(a, b, np.linspace(0, 1, num)))


@mistake(
    "walk",
    "encode the two photos only, and walk between their codes: these photos "
    "are mixtures already.",
)
def walk_of_encoded_mixtures(encode, decode, first, last, num):
    mixed = line(first, last, np.linspace(0, 1, num))
    return bright(decode(encode(mixed)[0]))


ENDS = "num pictures, with both ends: how many gaps lie between them?"


@mistake("walk", ENDS)
def walk_without_the_end(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(decode(line(a, b, np.arange(num) / num)))


@mistake("walk", ENDS)
def walk_without_the_beginning(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(decode(line(a, b, np.arange(1, num + 1) / num)))


@mistake("walk", ENDS)
def walk_of_one_more(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(decode(np.linspace(a, b, num + 1)))


@mistake("walk", ENDS)
def walk_of_two_more(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(decode(np.linspace(a, b, num + 2)))


@mistake("walk", ENDS)
def walk_inside_only(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(decode(np.linspace(a, b, num + 2)[1:-1]))


@mistake("walk", "walk from mean to mean; encode returns means first.")
def walk_of_log_variances(encode, decode, first, last, num):
    a, b = encode(np.stack([first, last]))[1]
    return bright(decode(np.linspace(a, b, num)))


@mistake("walk", "walk from mean to mean, without the clouds' widths.")
def walk_from_edges(encode, decode, first, last, num):
    means, log_var = encode(np.stack([first, last]))
    a, b = means + std_of(log_var)
    return bright(decode(np.linspace(a, b, num)))


@mistake("walk", "nothing is drawn by chance here: walk from mean to mean.")
def walk_with_noise(encode, decode, first, last, num):
    means, log_var = encode(np.stack([first, last]))
    noise = np.random.default_rng().normal(size=means.shape)
    a, b = means + std_of(log_var) * noise
    return bright(decode(np.linspace(a, b, num)))


@mistake("walk", "one sigmoid is enough.")
def walk_with_two_sigmoids(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(bright(decode(np.linspace(a, b, num))))


@mistake("walk", "bright is dark: check the sign in the exponential.")
def walk_in_negative(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(-decode(np.linspace(a, b, num)))


@mistake("walk", "equally far apart along the line: no easing in and out.")
def walk_that_eases(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    steps = np.linspace(0, 1, num)
    return bright(decode(line(a, b, steps**2 * (3 - 2 * steps))))


@mistake("walk", "each pixel by itself: a sigmoid, no softmax.")
def walk_by_softmax(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    exps = np.exp(decode(np.linspace(a, b, num)))
    return exps / exps.sum(axis=1, keepdims=True)


@mistake(
    "walk",
    "a pixel's brightness is the sigmoid of its logit: neither clipped nor "
    "rounded.",
)
def walk_by_clipping(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return np.clip(decode(np.linspace(a, b, num)), 0, 1)


@mistake("walk", "the ends are drawn from their codes, too: no photos.")
def walk_between_photos(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    pictures = bright(decode(np.linspace(a, b, num)))
    pictures[0], pictures[-1] = first, last
    return pictures


@mistake("walk", "each picture is a row of the result.")
def walk_transposed(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return bright(decode(np.linspace(a, b, num))).T


@mistake("walk", "the walk stands still: is the step never added?")
def walk_that_stands(encode, decode, first, last, num):
    a, _ = means_of(encode, first, last)
    return bright(decode(np.linspace(a, a, num)))


@mistake(
    "walk",
    "at the end, nothing of the first mean may be left: add a part of the "
    "difference.",
)
def walk_that_adds(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    steps = np.linspace(0, 1, num)[:, None]
    return bright(decode(a + steps * b))


@mistake(
    "walk",
    "encode wants an array of photos, (n, p): make one of the two, or take "
    "first[None].",
    message="too many indices",
)
def walk_from_single_photos(encode, decode, first, last, num):
    (a, _), (b, _) = encode(first), encode(last)
    return bright(decode(np.linspace(a, b, num)))


@mistake(
    "walk",
    "encode wants an array (n, p), not a list: np.stack makes one.",
    message="list indices must be integers",
)
def walk_from_a_list(encode, decode, first, last, num):
    a, b = encode([first, last])[0]
    return bright(decode(np.linspace(a, b, num)))


@mistake(
    "walk",
    "encode returns the means of all photos, and the log-variances of all; "
    "not one code after the other.",
)
def walk_from_means_to_log_variances(encode, decode, first, last, num):
    a, b = encode(np.stack([first, last]))
    return bright(decode(np.linspace(a, b, num)))


@mistake("walk", "an array is asked for, of all pictures.")
def walk_as_a_list(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    codes = np.linspace(a, b, num)
    return [bright(decode(code[None]))[0] for code in codes]


PHOTOS_IN_ROWS = (
    "encode wants a photo a row, (2, p) for two: which axis of its input are "
    "the photos?"
)


@mistake("walk", PHOTOS_IN_ROWS, message="out of bounds for axis 1")
def walk_from_photos_in_columns(encode, decode, first, last, num):
    a, b = encode(np.stack([first, last], axis=1))[0]
    return bright(decode(np.linspace(a, b, num)))


@mistake(
    "walk",
    "each of num steps meets all d numbers of a code: the steps must be a "
    "column, (num, 1).",
    message="could not be broadcast together with shapes (4,) (3,)",
)
def walk_without_a_column(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    codes = a + np.linspace(0, 1, num) * (b - a)
    return bright(decode(codes.reshape(num, -1)))


@mistake(
    "walk",
    "fractions are lost: do the codes stand in an array of whole numbers?",
)
def walk_in_whole_steps(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    codes = np.zeros((num, len(a)), dtype=first.dtype)
    codes[:] = np.linspace(a, b, num)
    return bright(decode(codes))


@mistake(
    "walk",
    "decode wants an array of codes, (n, d): give it all at once, or z[None].",
    message="too many subscripts",
)
def walk_from_single_codes(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    return np.array([bright(decode(z)) for z in np.linspace(a, b, num)])


@mistake("walk", "a straight line: the two parts add up to 1.")
def walk_along_an_arc(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    t = np.linspace(0, 1, num)[:, None]
    return bright(decode(np.sqrt(1 - t) * a + np.sqrt(t) * b))


@mistake("walk", KIND, message=CAST)
def walk_into_the_photo(encode, decode, first, last, num):
    first += 0.5
    return walk_of_logits(encode, decode, first, last, num)


ROUNDED = (
    "steps that are added up are rounded, so the last one is met or missed "
    "by chance: how many there are should be said."
)


@mistake("walk", ROUNDED)
def walk_by_arange(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    step = 1 / (num - 1)
    return bright(decode(line(a, b, np.arange(0, 1 + step, step))))


@mistake("walk", ROUNDED)
def walk_while_not_there(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    steps = [0.0]
    while steps[-1] + 1 / (num - 1) <= 1:
        steps.append(steps[-1] + 1 / (num - 1))
    return bright(decode(line(a, b, steps)))


@mistake(
    "walk",
    "e to a power above 88 is infinite in float32: does one infinite number "
    "stand above another?",
)
def walk_by_a_quotient(encode, decode, first, last, num):
    a, b = means_of(encode, first, last)
    with np.errstate(all="ignore"):
        grown = np.exp(decode(np.linspace(a, b, num)))
        return grown / (1 + grown)


@accepted("walk")
def walk_in_single_precision(encode, decode, first, last, num):
    a, b = means_of(encode, first, last).astype("f4")
    t = np.linspace(0, 1, num, dtype="f4")[:, None]
    logits = decode(a + t * (b - a)).astype("f4")
    return 1 / (1 + np.exp(-logits))


@accepted("walk")
def walk_step_by_step(encode, decode, first, last, num):
    (a,), _ = encode(first[None])
    (b,), _ = encode(last[None])
    pictures = []
    for k in range(num):
        z = (1 - k / (num - 1)) * a + k / (num - 1) * b
        pictures.append(bright(decode(z[None]))[0])
    return np.array(pictures)


@accepted("walk")
def walk_by_a_product(encode, decode, first, last, num):
    steps = np.arange(num) / (num - 1)
    means, _ = encode(np.array([first, last]))
    return bright(decode(np.column_stack([1 - steps, steps]) @ means))


@accepted("walk")
def walk_by_tanh(encode, decode, first, last, num):
    a, b = encode(np.vstack([first, last]))[0]
    return 0.5 + np.tanh(decode(np.linspace(a, b, num)) / 2) / 2


@accepted("walk")
def walk_in_tensors(encode, decode, first, last, num):
    a, b = torch.tensor(means_of(encode, first, last)).double()
    steps = torch.linspace(0, 1, num, dtype=torch.float64)[:, None]
    codes = torch.lerp(a, b, steps).numpy()
    return torch.sigmoid(torch.tensor(decode(codes))).numpy()


# 10 · The logarithm of a mean


@mistake("log_of_mean", "this is the logarithm of the sum.")
def log_of_sum(log_weights):
    return np.logaddexp.reduce(log_weights, axis=0)


@mistake("log_of_mean", "this is the mean of the logarithms, the ELBO.")
def mean_of_logs(log_weights):
    return log_weights.mean(axis=0)


UNDERFLOW = (
    "e to the power of -2000 is 0 for a computer. The same number may be "
    "subtracted from all logarithms of a garment, if it is added in the end."
)


@mistake("log_of_mean", UNDERFLOW)
def log_of_mean_naive(log_weights):
    return np.log(np.exp(log_weights).mean(axis=0))


@mistake("log_of_mean", "what was subtracted must be added in the end.")
def shift_never_added(log_weights):
    shifted = log_weights - log_weights.max(axis=0)
    return np.log(np.exp(shifted).mean(axis=0))


@mistake("log_of_mean", UNDERFLOW)
def one_shift_for_all(log_weights):
    largest = log_weights.max()
    return largest + np.log(np.exp(log_weights - largest).mean(axis=0))


OVERFLOW = (
    "the draws of a garment may lie far apart, and e to a power above 709 is "
    "infinite for a computer: is the largest power 0?"
)


@mistake("log_of_mean", OVERFLOW)
def smallest_subtracted(log_weights):
    low = log_weights.min(axis=0)
    return low + np.log(np.exp(log_weights - low).mean(axis=0))


@mistake("log_of_mean", OVERFLOW)
def mean_subtracted(log_weights):
    middle = log_weights.mean(axis=0)
    return middle + np.log(np.exp(log_weights - middle).mean(axis=0))


@mistake("log_of_mean", OVERFLOW)
def first_subtracted(log_weights):
    first = log_weights[0]
    return first + np.log(np.exp(log_weights - first).mean(axis=0))


@mistake("log_of_mean", "a mean of m weights: divide by m, not by m - 1.")
def divided_by_one_draw_less(log_weights):
    total = np.logaddexp.reduce(log_weights, axis=0)
    with np.errstate(divide="ignore"):
        return total - np.log(len(log_weights) - 1)


@mistake("log_of_mean", "natural logarithms only: this one has the base 10.")
def with_a_decadic_logarithm(log_weights):
    top = log_weights.max(axis=0)
    return top + np.log10(np.exp(log_weights - top).mean(axis=0))


@mistake("log_of_mean", "the mean divides by the number of draws, m.")
def divided_by_the_garments(log_weights):
    total = np.logaddexp.reduce(log_weights, axis=0)
    return total - np.log(log_weights.shape[1])


@mistake("log_of_mean", "the mean runs over the draws, axis 0.")
def mean_over_garments(log_weights):
    total = np.logaddexp.reduce(log_weights, axis=1)
    return total - np.log(log_weights.shape[1])


@mistake("log_of_mean", "the largest weight isn't the mean of all.")
def largest_logarithm(log_weights):
    return log_weights.max(axis=0)


@mistake("log_of_mean", "divide before the logarithm, not after it.")
def divided_too_late(log_weights):
    return np.logaddexp.reduce(log_weights, axis=0) / len(log_weights)


@mistake("log_of_mean", "the largest of a garment: over the draws, axis 0.")
def largest_of_a_draw(log_weights):
    m, n = log_weights.shape
    largest = log_weights.max(axis=int(m == n))
    with np.errstate(all="ignore"):
        shifted = np.exp(log_weights - largest)
        return largest + np.log(shifted.mean(axis=0))


@accepted("log_of_mean")
def log_of_mean_in_single_precision(log_weights):
    log_weights = log_weights.astype("f4")
    top = log_weights.max(axis=0)
    return top + np.log(np.exp(log_weights - top).mean(axis=0))


@accepted("log_of_mean")
def log_of_mean_by_logaddexp(log_weights):
    total = np.logaddexp.reduce(log_weights, axis=0)
    return total - np.log(len(log_weights))


@accepted("log_of_mean")
def log_of_mean_by_loop(log_weights):
    total = log_weights[0]
    for row in log_weights[1:]:
        total = np.logaddexp(total, row)
    return total - math.log(len(log_weights))


@accepted("log_of_mean")
def log_of_mean_from_the_mean(log_weights):
    top = np.max(log_weights, axis=0, keepdims=True)
    sums = np.sum(np.exp(log_weights - top), axis=0)
    return np.log(sums / len(log_weights)) + top[0]
