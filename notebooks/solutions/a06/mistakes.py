"""Answers to assignment a06: wrong ones with their hints, and right ones that
must be accepted."""

import copy
import math

import numpy as np

from tools.mistakes import accepted, mistake

# 1 · How large may a step be?


def curvatures(A):
    return np.linalg.eigvalsh(A + A.T)


OF_A = (
    "these are eigenvalues of A. The curvatures are those of the Hessian: "
    "differentiate x^T A x twice. What is the second derivative of a single "
    "a x^2?"
)
LOWER_HALF = (
    "these are eigenvalues of A, not of the Hessian; and eigvalsh reads only "
    "the lower half of a matrix that isn't symmetric."
)
TWICE_A = (
    "2 A is the Hessian only if A is symmetric: A_12 and A_21 both belong to "
    "the term x_1 x_2, add them."
)
TWICE_THE_LOWER_HALF = (
    "eigvalsh takes its matrix for symmetric and reads the lower half only; "
    "2 A isn't symmetric, and isn't the Hessian. A_12 and A_21 both belong "
    "to the term x_1 x_2."
)


@mistake("largest_rate", OF_A)
def limit_of_A(A):
    return 2 / np.linalg.eigvals(A).real.max()


@mistake("largest_rate", LOWER_HALF)
def limit_of_the_lower_half(A):
    return 2 / np.linalg.eigvalsh(A).max()


@mistake("largest_rate", TWICE_A)
def limit_of_twice_A(A):
    return 2 / np.linalg.eigvals(2 * A).real.max()


@mistake("largest_rate", TWICE_A)
def inverse_eigenvalue_of_A(A):
    return 1 / np.linalg.eigvals(A).real.max()


@mistake("largest_rate", TWICE_THE_LOWER_HALF)
def limit_of_twice_the_lower_half(A):
    return 2 / np.linalg.eigvalsh(2 * A).max()


@mistake("largest_rate", TWICE_THE_LOWER_HALF)
def inverse_of_the_lower_half(A):
    return 1 / np.linalg.eigvalsh(A).max()


@mistake(
    "largest_rate",
    "(A + A^T) / 2 makes A symmetric without changing f, but it isn't the "
    "Hessian yet. What is the second derivative of a single a x^2?",
)
def limit_of_the_symmetric_half(A):
    return 4 / curvatures(A).max()


@mistake(
    "largest_rate",
    "at 1 / curvature a single step lands on the floor of the bowl; it is "
    "thrown out only at twice that.",
)
def inverse_curvature(A):
    return 1 / curvatures(A).max()


@mistake(
    "largest_rate",
    "this is the limit for the flattest direction. The steepest one breaks "
    "first: take the largest curvature.",
)
def limit_of_the_flattest(A):
    return 2 / curvatures(A).min()


@mistake(
    "largest_rate",
    "these are the limits of all directions; the smallest of them counts.",
)
def limits_of_all(A):
    return 2 / curvatures(A)


@mistake(
    "largest_rate",
    "this is 2 over the trace, the sum of the curvatures; each direction has "
    "its own limit, the smallest one counts.",
)
def limit_by_the_trace(A):
    return 2 / np.trace(A + A.T)


@mistake(
    "largest_rate",
    "this rate is the *fastest*, halfway between the extremes; the largest "
    "that settles is larger.",
)
def fastest_rate(A):
    return 2 / (curvatures(A).max() + curvatures(A).min())


@mistake(
    "largest_rate",
    "this is the largest curvature; the step must shrink when the curvature "
    "grows.",
)
def largest_curvature(A):
    return curvatures(A).max()


@mistake(
    "largest_rate",
    "this is half the largest curvature; the step must shrink when the "
    "curvature grows.",
)
def upside_down(A):
    return curvatures(A).max() / 2


@mistake(
    "largest_rate",
    "the entries of the Hessian aren't its curvatures: between the axes the "
    "bowl can be steeper. Take its eigenvalues.",
)
def limit_of_the_largest_entry(A):
    return 2 / (A + A.T).max()


@mistake(
    "largest_rate",
    "this is the square root of the sum of all squares; take the largest "
    "eigenvalue.",
)
def limit_of_the_frobenius_norm(A):
    return 2 / np.linalg.norm(A + A.T)


@mistake(
    "largest_rate",
    "this is the determinant, the product of the curvatures; each direction "
    "has its own limit, the smallest one counts.",
)
def limit_by_the_determinant(A):
    return 2 / np.linalg.det(A + A.T)


@mistake(
    "largest_rate",
    "A^T A isn't the Hessian: differentiate x^T A x twice. A_12 and A_21 both "
    "belong to the term x_1 x_2.",
)
def limit_of_the_squares(A):
    return 2 / np.linalg.eigvalsh(A.T @ A).max()


@mistake(
    "largest_rate",
    "eigh and eig return eigenvalues *and* eigenvectors; take the first.",
    message="'EighResult' object has no attribute 'max'",
)
def limit_of_both_results(A):
    return 2 / np.linalg.eigh(A + A.T).max()


@mistake(
    "largest_rate",
    "work on a copy, A.copy(), or write x = x - 1 where you have x -= 1.",
)
def hessian_in_place(A):
    A += A.T.copy()
    return 2 / np.linalg.eigvalsh(A).max()


@mistake("largest_rate", TWICE_A)
def inverse_of_twice_A(A):
    return 1 / np.linalg.eigvals(2 * A).real.max()


@mistake(
    "largest_rate",
    "one half of A is mirrored and the other is lost: A_12 and A_21 both "
    "belong to the term x_1 x_2, add them.",
)
def limit_of_the_upper_half(A):
    upper = np.triu(A)
    return 2 / np.linalg.eigvalsh(upper + upper.T).max()


SINGULAR = (
    "these are singular values of A, not curvatures. The curvatures are the "
    "eigenvalues of the Hessian: differentiate x^T A x twice."
)


@mistake("largest_rate", SINGULAR)
def limit_by_singular_values(A):
    return 2 / np.linalg.norm(A, 2)


@mistake("largest_rate", SINGULAR)
def inverse_singular_value(A):
    return 1 / np.linalg.norm(A, 2)


@mistake(
    "largest_rate",
    "these are eigenvectors: eigh and eig return the eigenvalues first.",
)
def limit_by_eigenvectors(A):
    return 2 / np.linalg.eigh(A + A.T)[1].max()


@mistake(
    "largest_rate",
    "the diagonal of A isn't enough: the curvatures are the eigenvalues of "
    "the Hessian. Differentiate x^T A x twice.",
)
def limit_of_the_diagonal(A):
    return 2 / np.diag(A).max()


@mistake(
    "largest_rate",
    "this is 2 over the mean curvature; each direction has its own limit, the "
    "smallest one counts.",
)
def limit_of_the_mean(A):
    return 2 / curvatures(A).mean()


@mistake(
    "largest_rate",
    "the condition number sets the time; the *largest* curvature limits the "
    "step.",
)
def limit_by_the_condition(A):
    return 2 * curvatures(A).min() / curvatures(A).max()


@mistake(
    "largest_rate",
    "* multiplies entry by entry. The Hessian is a sum: A_12 and A_21 both "
    "belong to the term x_1 x_2, add them.",
)
def limit_of_products(A):
    return 2 / np.linalg.eigvalsh(A * A.T).max()


@mistake(
    "largest_rate",
    "this is 2 over the difference of two curvatures; the largest counts "
    "alone.",
)
def limit_of_the_range(A):
    return 2 / np.ptp(curvatures(A))


@mistake(
    "largest_rate",
    "the result is an array; return one number.",
)
def limit_in_an_array(A):
    return np.array([2 / curvatures(A).max()])


@mistake(
    "largest_rate",
    "return the limit itself, without a margin.",
)
def limit_with_a_margin(A):
    return 1.99 / curvatures(A).max()


@mistake(
    "largest_rate",
    "return the limit itself, without a margin.",
)
def limit_with_a_larger_margin(A):
    return 1.9 / curvatures(A).max()


@mistake("largest_rate", "the result is always the same: compute it from A.")
def limit_of_the_example(A):
    return 0.2


@mistake("largest_rate", "don't round: return the limit as it is.")
def rounded_limit(A):
    return round(2 / curvatures(A).max(), 1)


@mistake(
    "largest_rate",
    "this is the middle one of three eigenvalues, or the first of a list that "
    "isn't sorted: take the largest.",
)
def limit_of_another_eigenvalue(A):
    return 2 / np.sort(curvatures(A))[-2]


@mistake(
    "largest_rate",
    "A may have any number of rows: take the largest eigenvalue, not one at a "
    "fixed place.",
    message="index 2 is out of bounds",
)
def limit_of_the_third_eigenvalue(A):
    return 2 / curvatures(A)[2]


@mistake("largest_rate", "return the limit alone, one number.")
def limit_and_curvatures(A):
    return 2 / curvatures(A).max(), curvatures(A)


@mistake(
    "largest_rate",
    "an array that is made like A keeps whole numbers only, if A has whole "
    "numbers: halves are cut off. Make it of floats.",
)
def halves_cut_off(A):
    half = np.zeros_like(A)
    half[:] = (A + A.T) / 2
    return 1 / np.linalg.eigvalsh(half).max()


@mistake(
    "largest_rate",
    "an array that is made like A keeps whole numbers only, if A has whole "
    "numbers: halves are cut off. Make it of floats.",
)
def halves_cut_off_to_the_left(A):
    half = ((A + A.T) / 2).astype(A.dtype)
    return 2 / np.linalg.eigvalsh(2 * half).max()


FEW_DIGITS = (
    "only the first digits are right: don't round, nor try rates in steps; "
    "the eigenvalues give the limit itself."
)


@mistake("largest_rate", FEW_DIGITS)
def limit_of_two_digits(A):
    return round(2 / curvatures(A).max(), 2)


@mistake("largest_rate", FEW_DIGITS)
def limit_of_three_digits(A):
    return round(2 / curvatures(A).max(), 3)


@mistake("largest_rate", FEW_DIGITS)
def limit_of_four_digits(A):
    return round(2 / curvatures(A).max(), 4)


@mistake("largest_rate", FEW_DIGITS)
def rates_in_steps(A):
    return np.floor(1000 * 2 / curvatures(A).max() + 1e-9) / 1000


@mistake(
    "largest_rate",
    "this is the limit along (1, 1), and another direction is steeper: take "
    "the largest of all eigenvalues (a search that begins with ones never "
    "leaves their direction here).",
)
def limit_from_ones(A):
    hessian, x = A + A.T, np.ones(len(A))
    for _ in range(1000):
        x = hessian @ x / np.linalg.norm(hessian @ x)
    return 2 / (x @ hessian @ x)


@mistake(
    "largest_rate",
    "this is the limit along the first axis, and the second is steeper. A "
    "search that begins with (1, 0) stays on its axis here.",
)
def limit_from_the_first_axis(A):
    hessian, x = A + A.T, np.eye(len(A))[0]
    for _ in range(1000):
        x = hessian @ x / np.linalg.norm(hessian @ x)
    return 2 / (x @ hessian @ x)


@mistake(
    "largest_rate",
    "a larger last entry of A doesn't change your rate: use all rows and "
    "columns, however many.",
)
def limit_of_the_upper_left_corner(A):
    return 2 / curvatures(A[:2, :2]).max()


@accepted("largest_rate")
def limit_of_the_symmetric_part(A):
    symmetric = (A + A.transpose()) / 2
    values, _ = np.linalg.eig(symmetric)
    return 1 / max(values)


@accepted("largest_rate")
def limit_by_the_spectral_norm(A):
    return 2 / np.linalg.norm(A + A.T, ord=2)


@accepted("largest_rate")
def limit_in_float32(A):
    hessian = (A + A.T).astype(np.float32)
    return np.float32(2) / np.linalg.eigvalsh(hessian)[-1]


@accepted("largest_rate")
def limit_with_loops(A):
    d = len(A)
    hessian = np.zeros((d, d))
    for i in range(d):
        for j in range(d):
            hessian[i, j] = A[i, j] + A[j, i]
    return min(2 / value for value in np.linalg.eigvalsh(hessian))


@accepted("largest_rate")
def limit_as_a_plain_number(A):
    return float(2 / np.linalg.svd(A + A.T)[1][0])


# 2 to 4 · What the steps of optimizers are made of


def averaged(old, values, alpha, share=None):
    """Return new averages, in which a new value has a share (1 - alpha)."""
    share = 1 - alpha if share is None else share
    return {k: alpha * old[k] + share * v for k, v in values.items()}


def squares(grads):
    return {name: g**2 for name, g in grads.items()}


def times(factor, tree):
    return {name: factor * w for name, w in tree.items()}


def stepped(params, lr, ahead):
    return {name: w - lr * ahead[name] for name, w in params.items()}


def scaled(ahead, s, eps):
    return {name: ahead[name] / (np.sqrt(s[name]) + eps) for name in s}


UPHILL = "you walk uphill: subtract."
NO_RATE = "multiply the step by the learning rate."
CHANGED = (
    "make new arrays, lists and dicts: x = x - 1 where you have x -= 1. What "
    "you assign to a part of an argument, you write into the caller's own."
)
SHALLOW = (
    "what the caller's own state holds was changed. Make new dictionaries and "
    "arrays: state.copy() and dict(state) copy the outside only."
)
GLOBAL = (
    "keep what you remember in the state that you return, and nowhere else: "
    "no global variables."
)
ENTRY_LOST = (
    "the state begins with the entries t, m and s; return every one that a "
    "later step will need."
)
WRONG_ENTRY = (
    "the state that a run begins with is not always the zeros of start: the "
    'averages of the gradients are in state["m"], those of the squares in '
    'state["s"], read and store them there.'
)
EXCHANGED = (
    "α and 1 - α are exchanged: the old average keeps the larger part, α."
)
FIRST_PARAMS = "return params first, then the state."
ONLY_ONE = (
    "is the return inside the loop? All names must be in the dictionaries."
)
IGNORES_ALPHA = "α is an argument: use it, not a number of your own."
IGNORES_EPS = "ε makes no difference here: add the argument eps to every root."
FULL_SHARE = (
    "the new value counts in full: multiply it by 1 - α, so that it is an "
    "average."
)
KEPT = "the old average is kept in full: multiply it by α."
BRACKETS = "brackets are missing: (1 - α) times the new value."

FORGOTTEN_M = (
    "m is forgotten after each step: put the new m into the state that you "
    "return."
)
# 2 · Momentum

# The recorder's: m becomes α m + lr g, and w becomes w - m.


def rolled(state, grads, lr, alpha, share=1):
    """Return the new memory, into which lr g goes with a share."""
    return averaged(state["m"], times(lr, grads), alpha, share)


def moved(params, m):
    return stepped(params, 1, m)


NOTHING_ELSE = (
    "compare with the first recording: at the first step only the slope is "
    "at work, at the second and third only the memory. What becomes of each?"
)


@mistake(
    "momentum",
    "this averages the slopes, as L2 does; the recorder's is another kind. "
    "Its first m is 16, from a slope of 32 and a rate of 1/2, and at the "
    "third step it moves though the rate is 0.",
)
def momentum_of_averages(params, grads, state, lr, alpha=0.9):
    m = averaged(state["m"], grads, alpha)
    return stepped(params, lr, m), state | {"m": m}


@mistake(
    "momentum",
    "this sums the slopes and brings the rate in at the step, as PyTorch "
    "does. The recorder's first m is 16, from a slope of 32 and a rate of "
    "1/2, and at the third step it moves though the rate is 0.",
)
def momentum_of_pytorch(params, grads, state, lr, alpha=0.9):
    m = averaged(state["m"], grads, alpha, 1)
    return stepped(params, lr, m), state | {"m": m}


SHARE_OF_THE_SLOPE = (
    "too little of the slope goes into m: at the first step, where there is "
    "no memory, m is 16, from a slope of 32 and a rate of 1/2."
)


@mistake("momentum", SHARE_OF_THE_SLOPE)
def average_of_the_pushes(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha, 1 - alpha)
    return moved(params, m), state | {"m": m}


@mistake(
    "momentum",
    "the rate is used twice, inside m and at the step. In the recording w "
    "moves at the third step, where the rate is 0: by what?",
)
def rate_inside_and_outside(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return stepped(params, lr, m), state | {"m": m}


@mistake(
    "momentum",
    "w moves by the m of the step before; in the recording it moves by the "
    "new one: take that.",
)
def along_the_old_memory(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(params, state["m"]), state | {"m": m}


NO_MEMORY = (
    "nothing is remembered: at the second step, where there is no slope, the "
    "recorder moves all the same. Read m from the state that comes in, step "
    "by the new m, and put it into the state that you return."
)


@mistake("momentum", NO_MEMORY)
def without_momentum(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return stepped(params, lr, grads), state | {"m": m}


@mistake("momentum", NO_MEMORY)
def forgotten_m(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(params, m), state


@mistake(
    "momentum",
    "this is Nesterov's method, a step further than the recorder's: at its "
    "first step w moves by 16, which is m itself.",
)
def momentum_of_nesterov(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(params, rolled({"m": m}, grads, lr, alpha)), state | {"m": m}


@mistake(
    "momentum",
    "this is Nesterov's method in L2's form; the recorder's kind is another. "
    "At its first step w moves by 16, which is m itself.",
)
def nesterov_of_averages(params, grads, state, lr, alpha=0.9):
    m = averaged(state["m"], grads, alpha)
    return stepped(params, lr, averaged(m, grads, alpha)), state | {"m": m}


@mistake(
    "momentum",
    "this is Nesterov's method in PyTorch's form; the recorder's kind is "
    "another. At its first step w moves by 16, which is m itself.",
)
def nesterov_of_pytorch(params, grads, state, lr, alpha=0.9):
    m = averaged(state["m"], grads, alpha, 1)
    return stepped(params, lr, averaged(m, grads, alpha, 1)), state | {"m": m}


SIGN_OF_M = (
    "your m has the other sign than the recorder's, where a slope of 32 "
    "makes an m of 16: a state that it has left can't be taken up."
)


@mistake("momentum", SIGN_OF_M)
def velocity_for_memory(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, -lr, alpha)
    return stepped(params, -1, m), state | {"m": m}


UPHILL_BY_M = "you walk uphill: in the recording w falls when m is positive."


@mistake("momentum", UPHILL_BY_M)
def momentum_uphill(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return stepped(params, -1, m), state | {"m": m}


@mistake("momentum", UPHILL_BY_M)
def slope_subtracted_from_m(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, -lr, alpha)
    return moved(params, m), state | {"m": m}


@mistake(
    "momentum",
    "the memory changes its sign with each step: in the recording it is 16, "
    "then 4, then 1.",
)
def memory_subtracted(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, -alpha)
    return moved(params, m), state | {"m": m}


@mistake(
    "momentum",
    "the learning rate has no influence. The recorder's first m is 16, from "
    "a slope of 32 and a rate of 1/2.",
)
def momentum_without_rate(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, 1, alpha)
    return moved(params, m), state | {"m": m}


REST_OF_THE_MEMORY = (
    "too much of the memory is kept: where there is no slope, and α is 1/4, "
    "m goes from 16 to 4 and to 1."
)


@mistake("momentum", IGNORES_ALPHA)
def momentum_of_nine_tenths(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, 0.9)
    return moved(params, m), state | {"m": m}


@mistake("momentum", REST_OF_THE_MEMORY)
def momentum_of_three_quarters(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, 0.75)
    return moved(params, m), state | {"m": m}


@mistake("momentum", IGNORES_ALPHA)
def momentum_of_one_half(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, 0.5)
    return moved(params, m), state | {"m": m}


@mistake(
    "momentum",
    "α is 3/4 here, and a quarter of the memory is kept: use the argument "
    "alpha, not a number of your own and not 1 - alpha.",
)
def momentum_of_one_quarter(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, 0.25)
    return moved(params, m), state | {"m": m}


@mistake("momentum", REST_OF_THE_MEMORY)
def memory_kept_by_the_rest(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, 1 - alpha)
    return moved(params, m), state | {"m": m}


@mistake("momentum", REST_OF_THE_MEMORY)
def averages_with_shares_exchanged(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, 1 - alpha, alpha)
    return moved(params, m), state | {"m": m}


@mistake("momentum", REST_OF_THE_MEMORY)
def l2_with_shares_exchanged(params, grads, state, lr, alpha=0.9):
    m = averaged(state["m"], grads, 1 - alpha)
    return stepped(params, lr, m), state | {"m": m}


@mistake(
    "momentum",
    "the memory is kept in full; in the recording it is 16, then 4, then 1 "
    "where there is no slope.",
)
def memory_kept_in_full(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, 1)
    return moved(params, m), state | {"m": m}


A_PART = (
    "w moves by a part only of what it should: at the first step 16, from a "
    "slope of 32 and a rate of 1/2, which is m itself."
)


@mistake("momentum", A_PART)
def whole_sum_weighed_by_alpha(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha, alpha)
    return moved(params, m), state | {"m": m}


@mistake(
    "momentum",
    "the memory is multiplied by the rate, too; at the third step, where the "
    "rate is 0, it is 1 and not lost.",
)
def memory_times_the_rate(params, grads, state, lr, alpha=0.9):
    m = times(lr, averaged(state["m"], grads, alpha, 1))
    return moved(params, m), state | {"m": m}


@mistake(
    "momentum",
    "the memory fades with the rate; in the recording a quarter of it is "
    "left at the second step and at the third, where the rates differ.",
)
def memory_fades_with_the_rate(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, 1 - lr)
    return moved(params, m), state | {"m": m}


@mistake("momentum", A_PART)
def steps_of_a_part_of_m(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return stepped(params, alpha, m), state | {"m": m}


@mistake(
    "momentum",
    "the slope is counted twice, inside m and at the step: at the first step "
    "w moves by 16, which is m itself.",
)
def along_both(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(stepped(params, lr, grads), m), state | {"m": m}


@mistake(
    "momentum",
    "what goes into the state isn't what w moved by: store the new m.",
)
def slope_stored_as_m(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(params, m), state | {"m": grads}


@mistake(
    "momentum",
    "what goes into the state isn't what w moved by: store the new m.",
)
def push_stored_as_m(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(params, m), state | {"m": times(lr, grads)}


@mistake(
    "momentum",
    "what goes into the state isn't what w moved by: store the new m.",
)
def step_stored_as_m(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(params, m), state | {"m": times(lr, m)}


@mistake(
    "momentum",
    "m is divided by 1 - α^t. That is Adam's correction; nothing in the "
    "recording asks for it.",
)
def momentum_corrected(params, grads, state, lr, alpha=0.9):
    t, m = state["t"] + 1, rolled(state, grads, lr, alpha)
    return stepped(params, 1 / (1 - alpha**t), m), state | {"t": t, "m": m}


@mistake(
    "momentum",
    "m is divided by 1 - α^t. That is Adam's correction; nothing in the "
    "recording asks for it.",
)
def averages_corrected(params, grads, state, lr, alpha=0.9):
    t, m = state["t"] + 1, averaged(state["m"], grads, alpha)
    return stepped(params, lr / (1 - alpha**t), m), state | {"t": t, "m": m}


@mistake("momentum", BRACKETS)
def momentum_without_brackets(params, grads, state, lr, alpha=0.9):
    m = {k: alpha * state["m"][k] + 1 - alpha * g for k, g in grads.items()}
    return stepped(params, lr, m), state | {"m": m}


@mistake(
    "momentum",
    'the memory is in state["m"], whatever a run begins with: read it there, '
    "always, and store it there.",
)
def momentum_stored_in_s(params, grads, state, lr, alpha=0.9):
    m = averaged(state["s"], times(lr, grads), alpha, 1)
    return moved(params, m), state | {"s": m}


@mistake(
    "momentum",
    "the m of the state that comes in isn't used: read it from there, always, "
    "whatever t may be.",
)
def first_step_apart(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    if state["t"] == 0:
        m = times(lr, grads)
    return moved(params, m), state | {"m": m, "t": state["t"] + 1}


@mistake(
    "momentum",
    "params come in and go out as they are: put the new weights into what "
    "you return.",
)
def params_as_they_were(params, grads, state, lr, alpha=0.9):
    return params, state | {"m": rolled(state, grads, lr, alpha)}


@mistake("momentum", "return the new params, not by how much they move.")
def steps_instead_of_params(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return m, state | {"m": m}


@mistake("momentum", "return the new params, not by how much they move.")
def minus_steps_instead_of_params(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return times(-1, m), state | {"m": m}


@mistake("momentum", CHANGED)
def momentum_in_place(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    for name in params:
        params[name] -= m[name]
    return params, state | {"m": m}


@mistake("momentum", SHALLOW)
def momentum_in_the_state_s_place(params, grads, state, lr, alpha=0.9):
    state["m"] = rolled(state, grads, lr, alpha)
    return moved(params, state["m"]), state


@mistake("momentum", SHALLOW)
def momentum_in_a_shallow_copy(params, grads, state, lr, alpha=0.9):
    state = state.copy()
    for name, g in grads.items():
        state["m"][name] = alpha * state["m"][name] + lr * g
    return moved(params, state["m"]), state


memory = {}


@mistake("momentum", GLOBAL)
def momentum_in_a_global(params, grads, state, lr, alpha=0.9):
    old = {k: memory.get(k, state["m"][k]) for k in params}
    memory.update(averaged(old, times(lr, grads), alpha, 1))
    return moved(params, memory), state


@mistake("momentum", GLOBAL)
def momentum_in_a_default(params, grads, state, lr, alpha=0.9, kept={}):
    old = {k: kept.get(k, 0) for k in params}
    kept.update(averaged(old, times(lr, grads), alpha, 1))
    return moved(params, kept), state


@mistake("momentum", ENTRY_LOST, message="'m'")
def momentum_with_an_empty_state(params, grads, state, lr, alpha=0.9):
    return moved(params, rolled(state, grads, lr, alpha)), {}


VELOCITY = (
    'start knows the entries "t", "m" and "s": the memory lives in '
    'state["m"], which is a dictionary with an entry for each name.'
)


@mistake("momentum", VELOCITY, message="'v'")
def momentum_in_v(params, grads, state, lr, alpha=0.9):
    v = averaged(state["v"], times(lr, grads), alpha, 1)
    return moved(params, v), state | {"v": v}


@mistake("momentum", VELOCITY, message="'w'")
def momentum_in_the_state_itself(params, grads, state, lr, alpha=0.9):
    m = averaged(state, times(lr, grads), alpha, 1)
    return moved(params, m), m


@mistake(
    "momentum",
    'the memory is in state["m"], whatever a run begins with: read it there, '
    "always, and store it there.",
)
def momentum_in_an_entry_of_its_own(params, grads, state, lr, alpha=0.9):
    zeros = {name: 0 * g for name, g in grads.items()}
    before = state.get("velocity", zeros)
    v = averaged(before, times(lr, grads), alpha, 1)
    return moved(params, v), state | {"velocity": v}


@mistake("momentum", FIRST_PARAMS)
def momentum_returned_in_another_order(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return state | {"m": m}, moved(params, m)


RETURN_BOTH = "return both, params and the new state: return params, state"


@mistake("momentum", RETURN_BOTH)
def momentum_without_state(params, grads, state, lr, alpha=0.9):
    return moved(params, rolled(state, grads, lr, alpha))


@mistake("momentum", ONLY_ONE)
def momentum_of_the_first_name(params, grads, state, lr, alpha=0.9):
    for name in params:
        m = rolled(state, {name: grads[name]}, lr, alpha)
        return moved({name: params[name]}, m), state | {"m": m}


@mistake(
    "momentum",
    "an m for one name overwrites that of the name before: make a dictionary "
    "with an m for each name.",
)
def one_m_for_all_names(params, grads, state, lr, alpha=0.9):
    for name, g in grads.items():
        m = alpha * state["m"][name] + lr * g
    new = {name: w - m for name, w in params.items()}
    return new, state | {"m": {name: m for name in params}}


BY_NAME = (
    'params, grads and state["m"] are dictionaries, which can\'t be '
    "multiplied: go through their names, as gradient_descent does."
)


@mistake("momentum", BY_NAME, message="and 'dict'")
def momentum_of_dictionaries(params, grads, state, lr, alpha=0.9):
    return alpha * state["m"] + lr * grads, state


@mistake("momentum", BY_NAME, message="and 'dict'")
def step_of_a_dictionary(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return {name: w - m for name, w in params.items()}, state


@mistake(
    "momentum",
    'm is a list; state["m"] is a dictionary with an entry for each name.',
    message="list indices must be integers",
)
def momentum_in_a_list(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(params, m), state | {"m": list(m.values())}


DOTS = 'entries of a dictionary are read with brackets: state["m"].'


@mistake("momentum", DOTS, message="'dict' object has no attribute")
def momentum_read_with_a_dot(params, grads, state, lr, alpha=0.9):
    return params, state.m


@mistake(
    "momentum",
    "m gathers the weights: gather the slopes, grads[name].",
)
def memory_of_weights(params, grads, state, lr, alpha=0.9):
    m = rolled(state, params, lr, alpha)
    return moved(params, m), state | {"m": m}


ANY_NAMES = (
    "the names are those in params, any number of them: go through params, "
    "don't write them out."
)


@mistake("momentum", ANY_NAMES, message="'w'")
def momentum_of_one_name(params, grads, state, lr, alpha=0.9):
    m = rolled(state, {"w": grads["w"]}, lr, alpha)
    return moved(params, m), state | {"m": m}


@mistake(
    "momentum",
    "an array has many entries, which float can't hold: leave it an array.",
    message="only",
)
def momentum_of_floats(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    new = moved(params, m)
    return {name: float(w) for name, w in new.items()}, state | {"m": m}


EACH_ITS_OWN = (
    "each weight of an array has a memory of its own: no sum and no mean "
    "over the array."
)


@mistake("momentum", EACH_ITS_OWN)
def momentum_of_the_mean(params, grads, state, lr, alpha=0.9):
    means = {name: np.mean(g) + 0 * g for name, g in grads.items()}
    m = rolled(state, means, lr, alpha)
    return moved(params, m), state | {"m": m}


@mistake("momentum", EACH_ITS_OWN)
def momentum_of_the_sum(params, grads, state, lr, alpha=0.9):
    sums = {name: np.sum(g) + 0 * g for name, g in grads.items()}
    m = rolled(state, sums, lr, alpha)
    return moved(params, m), state | {"m": m}


@mistake("momentum", "w moves by m; you multiply w, too.")
def weights_shrink(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    return moved(times(alpha, params), m), state | {"m": m}


@mistake("momentum", NOTHING_ELSE)
def slope_weighed_by_the_rest_outside(params, grads, state, lr, alpha=0.9):
    m = averaged(state["m"], grads, alpha, lr * alpha)
    return stepped(params, 1 - alpha, m), state | {"m": m}


LIKE_THE_TEXT = "leave the first line of the function as the text has it."
BY_ITS_NAME = (
    "take each array, its gradient and its average by name: their "
    "dictionaries have different orders."
)
ALONE = "alone, each array is right: make a new array and an average for each."


@mistake("momentum", LIKE_THE_TEXT)
def momentum_of_another_default(params, grads, state, lr, alpha=0.25):
    m = rolled(state, grads, lr, alpha)
    return moved(params, m), state | {"m": m}


@mistake("momentum", BY_ITS_NAME)
def momentum_by_order(params, grads, state, lr, alpha=0.9):
    grads = dict(zip(params, grads.values()))
    m = rolled(state, grads, lr, alpha)
    return moved(params, m), state | {"m": m}


@mistake("momentum", ALONE)
def last_m_for_all_names(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    last = m[[*params][-1]]
    return moved(params, m), state | {"m": dict.fromkeys(params, last)}


ANOTHER_S_AVERAGE = (
    "the average of one array meets another array: put into the state an "
    "average for each name, made from that name's gradient."
)


@mistake("momentum", ANOTHER_S_AVERAGE, message="shapes (2,3) (4,)")
def last_m_in_the_order_of_grads(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    last = m[[*grads][-1]]
    return moved(params, m), state | {"m": dict.fromkeys(grads, last)}


@mistake("momentum", ALONE)
def only_the_first_name_moves(params, grads, state, lr, alpha=0.9):
    first = [*params][0]
    m = rolled(state, {first: grads[first]}, lr, alpha)
    new = params | {first: params[first] - m[first]}
    return new, state | {"m": state["m"] | m}


@mistake(
    "momentum",
    "all entries of an array move alike: each has its own slope and its own "
    "m, so leave the arrays whole.",
)
def momentum_of_first_entries(params, grads, state, lr, alpha=0.9):
    firsts = {name: np.ravel(g)[0] for name, g in grads.items()}
    old = {name: np.ravel(m)[0] for name, m in state["m"].items()}
    m = averaged(old, times(lr, firsts), alpha, 1)
    return moved(params, m), state | {"m": m}


@accepted("momentum")
def momentum_with_loops(params, grads, state, lr, alpha=0.9):
    new_params, new_m = {}, {}
    for name in sorted(grads):
        new_m[name] = state["m"][name] * alpha
        new_m[name] += grads[name] * lr
        new_params[name] = params[name] - new_m[name]
    return [new_params, {"m": new_m}]


@accepted("momentum")
def momentum_on_deep_copies(params, grads, state, lr, alpha=0.9):
    params, state = copy.deepcopy(params), copy.deepcopy(state)
    for name in params:
        state["m"][name] = alpha * state["m"][name] + lr * grads[name]
        params[name] = params[name] - state["m"][name]
    state["t"] += 1
    return params, state


@accepted("momentum")
def momentum_in_float32(params, grads, state, lr, alpha=0.9):
    m = rolled(state, grads, lr, alpha)
    m = {name: np.float32(value) for name, value in m.items()}
    new = moved(params, m)
    return {name: np.float32(w) for name, w in new.items()}, {**state, "m": m}


@accepted("momentum")
def momentum_by_two_comprehensions(params, grads, state, lr, alpha=0.9):
    slopes = {name: lr * g for name, g in grads.items()}
    m = {k: slopes[k] + alpha * v for k, v in state["m"].items()}
    return {k: np.subtract(w, m[k]) for k, w in params.items()}, {
        "t": state["t"],
        "m": m,
        "s": state["s"],
    }


# 3 · RMSProp


@mistake("rmsprop", "ε stands under the root; add it after the root.")
def epsilon_under_the_root(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    below = {k: s[k] + eps for k in s}
    return stepped(params, lr, scaled(grads, below, 0)), state | {"s": s}


AVERAGED_FIRST = (
    "the gradient is averaged first and then squared; average the squares: "
    "otherwise g and -g cancel."
)


@mistake("rmsprop", AVERAGED_FIRST)
def averaged_and_then_squared(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], grads, alpha)
    ahead = scaled(grads, squares(s), eps)
    return stepped(params, lr, ahead), state | {"s": s}


@mistake("rmsprop", "s averages the gradients; average their squares, g**2.")
def averaged_without_squares(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], grads, alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "the share 1 - α is squared, too: it is (1 - α) times g**2.",
)
def share_squared(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha, (1 - alpha) ** 2)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", "the root is missing.")
def rmsprop_without_root(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = scaled(grads, squares(s), eps)
    return stepped(params, lr, ahead), state | {"s": s}


@mistake(
    "rmsprop",
    "this is AdaGrad: s adds up all squares. Average them: the new one counts "
    "1 - α.",
)
def rmsprop_as_adagrad(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), 1, 1)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "the new square counts in full in the step: it needs the factor 1 - α, "
    "and no division by that.",
)
def squares_in_full(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha, 1)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", KEPT)
def rmsprop_kept_in_full(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), 1, 1 - alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", EXCHANGED)
def rmsprop_with_shares_exchanged(
    params, grads, state, lr, alpha=0.9, eps=1e-8
):
    s = averaged(state["s"], squares(grads), 1 - alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


FORGOTTEN_S = (
    "s is forgotten after each step: put the new s into the state that you "
    "return."
)


@mistake(
    "rmsprop",
    "no step knows of the squares before: read s from the state that comes "
    "in, and put the new s into the one that you return.",
)
def forgotten_s(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state


@mistake("rmsprop", "the step is divided by the old s: take the new one.")
def by_the_old_s(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = scaled(grads, state["s"], eps)
    return stepped(params, lr, ahead), state | {"s": s}


NO_EPS = "a weight whose gradients are zero becomes 0 / 0: add ε to the root."


@mistake("rmsprop", NO_EPS)
def rmsprop_without_epsilon(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, 0)), state | {"s": s}


@mistake("rmsprop", IGNORES_EPS)
def rmsprop_with_a_fixed_epsilon(
    params, grads, state, lr, alpha=0.9, eps=1e-8
):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, 1e-8)), state | {"s": s}


@mistake("rmsprop", IGNORES_ALPHA)
def rmsprop_of_nine_tenths(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), 0.9)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "brackets are missing: ε is added to the new weight; it belongs to the "
    "root: g / (root + ε).",
)
def rmsprop_without_brackets(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = scaled(grads, s, 0)
    new = {k: w - lr * ahead[k] + eps for k, w in params.items()}
    return new, state | {"s": s}


@mistake(
    "rmsprop",
    "ε is added to the quotient; it belongs below the line: g / (root + ε).",
)
def epsilon_in_the_quotient(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = {k: step + eps for k, step in scaled(grads, s, 0).items()}
    return stepped(params, lr, ahead), state | {"s": s}


@mistake("rmsprop", BRACKETS)
def squares_without_brackets(params, grads, state, lr, alpha=0.9, eps=1e-8):
    old = state["s"]
    s = {k: alpha * old[k] + 1 - alpha * g**2 for k, g in grads.items()}
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


ADDED_UP = (
    "the squares of different weights are added up: each weight has an s of "
    "its own, g**2 and no sum."
)


@mistake("rmsprop", ADDED_UP)
def squares_added_up(params, grads, state, lr, alpha=0.9, eps=1e-8):
    sums = {name: np.sum(g**2) for name, g in grads.items()}
    s = averaged(state["s"], sums, alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "the squares of different weights are averaged over the weights: each "
    "weight has an s of its own, g**2 and no mean.",
)
def squares_of_all_weights(params, grads, state, lr, alpha=0.9, eps=1e-8):
    means = {name: np.mean(g**2) for name, g in grads.items()}
    s = averaged(state["s"], means, alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "s is divided by 1 - α^t. That is Adam's correction; RMSProp has none.",
)
def rmsprop_corrected(params, grads, state, lr, alpha=0.9, eps=1e-8):
    t, s = state["t"] + 1, averaged(state["s"], squares(grads), alpha)
    ahead = scaled(grads, times(1 / (1 - alpha**t), s), eps)
    return stepped(params, lr, ahead), state | {"t": t, "s": s}


@mistake("rmsprop", UPHILL)
def rmsprop_uphill(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, -lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", NO_RATE)
def rmsprop_without_rate(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, 1, scaled(grads, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "the step is multiplied by the root; divide by it: where it is steep, "
    "steps get short.",
)
def multiplied_by_the_root(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = {k: g * (np.sqrt(s[k]) + eps) for k, g in grads.items()}
    return stepped(params, lr, ahead), state | {"s": s}


@mistake(
    "rmsprop",
    "the gradient is missing above the line: lr g / (root + ε).",
)
def rmsprop_without_gradient(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ones = {name: 1 for name in grads}
    return stepped(params, lr, scaled(ones, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "the root went into the state; store s itself, the average of squares.",
)
def root_stored_as_s(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    roots = {name: np.sqrt(value) for name, value in s.items()}
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": roots}


@mistake("rmsprop", WRONG_ENTRY)
def rmsprop_stored_in_m(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["m"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"m": s}


@mistake("rmsprop", SHALLOW)
def rmsprop_in_the_state_s_place(
    params, grads, state, lr, alpha=0.9, eps=1e-8
):
    state["s"] = averaged(state["s"], squares(grads), alpha)
    ahead = scaled(grads, state["s"], eps)
    return stepped(params, lr, ahead), state


kept_squares = {}


@mistake("rmsprop", GLOBAL)
def rmsprop_in_a_global(params, grads, state, lr, alpha=0.9, eps=1e-8):
    old = {k: kept_squares.get(k, state["s"][k]) for k in params}
    kept_squares.update(averaged(old, squares(grads), alpha))
    return stepped(params, lr, scaled(grads, kept_squares, eps)), state


@mistake("rmsprop", ENTRY_LOST, message="'s'")
def rmsprop_with_s_lost(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), {"m": s}


@mistake("rmsprop", FIRST_PARAMS)
def rmsprop_returned_in_another_order(
    params, grads, state, lr, alpha=0.9, eps=1e-8
):
    s = averaged(state["s"], squares(grads), alpha)
    return state | {"s": s}, stepped(params, lr, scaled(grads, s, eps))


@mistake("rmsprop", RETURN_BOTH)
def rmsprop_without_state(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, eps))


@mistake("rmsprop", ONLY_ONE)
def rmsprop_of_the_first_name(params, grads, state, lr, alpha=0.9, eps=1e-8):
    for name, g in grads.items():
        s = averaged(state["s"], {name: g**2}, alpha)
        new = stepped({name: params[name]}, lr, scaled(grads, s, eps))
        return new, state | {"s": s}


@mistake(
    "rmsprop",
    "math.sqrt takes one number only; np.sqrt takes the root of each entry.",
    message="only",
)
def root_of_one_number(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = {k: g / (math.sqrt(s[k]) + eps) for k, g in grads.items()}
    return stepped(params, lr, ahead), state | {"s": s}


ABSOLUTE = "s averages |g|; average the squares, g**2, and take the root."


@mistake("rmsprop", ABSOLUTE)
def absolute_values_under_the_root(
    params, grads, state, lr, alpha=0.9, eps=1e-8
):
    sizes = {name: abs(g) for name, g in grads.items()}
    s = averaged(state["s"], sizes, alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", ABSOLUTE)
def divided_by_absolute_values(params, grads, state, lr, alpha=0.9, eps=1e-8):
    sizes = {name: abs(g) for name, g in grads.items()}
    s = averaged(state["s"], sizes, alpha)
    ahead = scaled(grads, squares(s), eps)
    return stepped(params, lr, ahead), state | {"s": s}


@mistake(
    "rmsprop",
    "this averages the gradients, too, as Adam does; the step of RMSProp goes "
    "along g.",
)
def rmsprop_along_an_average(params, grads, state, lr, alpha=0.9, eps=1e-8):
    m = averaged(state["m"], grads, alpha)
    s = averaged(state["s"], squares(grads), alpha)
    ahead = scaled(m, s, eps)
    return stepped(params, lr, ahead), state | {"m": m, "s": s}


@mistake("rmsprop", "g * 2 is twice the gradient; its square is g**2.")
def twice_the_gradient(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], times(2, grads), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "the root is taken of ε, too; add ε itself after the root of s.",
)
def root_of_epsilon(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = scaled(grads, s, np.sqrt(eps))
    return stepped(params, lr, ahead), state | {"s": s}


@mistake("rmsprop", IGNORES_EPS)
def epsilon_as_a_floor(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    below = {k: np.maximum(s[k], eps**2) for k in s}
    return stepped(params, lr, scaled(grads, below, 0)), state | {"s": s}


@mistake(
    "rmsprop",
    "this divides each gradient by its own size: s must remember the squares "
    "before, put it into the state.",
)
def only_signs(params, grads, state, lr, alpha=0.9, eps=1e-8):
    signs = {name: np.sign(g) for name, g in grads.items()}
    return stepped(params, lr, signs), state


@mistake(
    "rmsprop",
    "brackets are missing: lr g / (root + ε), with the root and ε below the "
    "line together.",
)
def epsilon_times_the_gradient(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ones = {name: 1 for name in grads}
    ahead = scaled(ones, s, 0)
    new = {k: w - lr * ahead[k] + eps * grads[k] for k, w in params.items()}
    return new, state | {"s": s}


@mistake(
    "rmsprop",
    "brackets are missing: lr g / (root + ε), with the root and ε below the "
    "line together.",
)
def multiplied_by_epsilon(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = times(eps, scaled(grads, s, 0))
    return stepped(params, lr, ahead), state | {"s": s}


@mistake(
    "rmsprop",
    "only g is squared in the formula, (1 - α) g**2; here α times s is, too.",
)
def average_squared(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(squares(state["s"]), squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "the squares of g are divided by; their average s should be.",
)
def by_the_gradient_s_own_size(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = scaled(grads, squares(grads), eps)
    return stepped(params, lr, ahead), state | {"s": s}


@mistake(
    "rmsprop",
    "the s of the state that comes in isn't used: read it from there, always, "
    "whatever t may be.",
)
def first_square_in_full(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    if state["t"] == 0:
        s = averaged(times(0, grads), squares(grads), alpha)
    after = state | {"s": s, "t": state["t"] + 1}
    return stepped(params, lr, scaled(grads, s, eps)), after


@mistake("rmsprop", "the gradient above the line is squared; only s has g**2.")
def squared_above_the_line(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = scaled(squares(grads), s, eps)
    return stepped(params, lr, ahead), state | {"s": s}


@mistake(
    "rmsprop",
    "the sign of the gradient is lost, with abs or with a root of its "
    "square: the step goes along g itself.",
)
def sign_lost(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    sizes = {name: abs(g) for name, g in grads.items()}
    return stepped(params, lr, scaled(sizes, s, eps)), state | {"s": s}


@mistake("rmsprop", "ε is there twice, under the root and after it.")
def epsilon_twice(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    below = {k: s[k] + eps for k in s}
    return stepped(params, lr, scaled(grads, below, eps)), state | {"s": s}


@mistake("rmsprop", "ε is subtracted; add it.")
def epsilon_subtracted(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, -eps)), state | {"s": s}


@mistake(
    "rmsprop",
    "** binds more strongly than /, so s**1/2 is half of s: write s**0.5 or "
    "np.sqrt(s).",
)
def half_for_the_root(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = {k: g / (s[k] / 2 + eps) for k, g in grads.items()}
    return stepped(params, lr, ahead), state | {"s": s}


@mistake(
    "rmsprop",
    "the rate is inside s: s averages the squares of the gradients alone.",
)
def rate_inside_s(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], times(lr, squares(grads)), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", "s averages the squares of the weights; take gradients.")
def squares_of_the_weights(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(params), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", "of s take the root, not another power.")
def cube_root(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    ahead = {k: g / (np.cbrt(s[k]) + eps) for k, g in grads.items()}
    return stepped(params, lr, ahead), state | {"s": s}


@mistake(
    "rmsprop",
    "the mean is subtracted under the root, as for a variance; RMSProp takes "
    "the average of the squares as it is.",
)
def centred(params, grads, state, lr, alpha=0.9, eps=1e-8):
    m = averaged(state["m"], grads, alpha)
    s = averaged(state["s"], squares(grads), alpha)
    below = {k: s[k] - m[k] ** 2 for k in s}
    ahead = scaled(grads, below, eps)
    return stepped(params, lr, ahead), state | {"m": m, "s": s}


@mistake("rmsprop", BY_NAME, message="and 'dict'")
def rmsprop_of_dictionaries(params, grads, state, lr, alpha=0.9, eps=1e-8):
    return alpha * state["s"], state


@mistake("rmsprop", DOTS, message="'dict' object has no attribute")
def rmsprop_read_with_a_dot(params, grads, state, lr, alpha=0.9, eps=1e-8):
    return params, state.s


@mistake("rmsprop", BY_NAME, message="unsupported operand type(s) for ** ")
def dictionary_squared(params, grads, state, lr, alpha=0.9, eps=1e-8):
    return params, grads**2


@mistake("rmsprop", ANY_NAMES, message="'w'")
def rmsprop_of_one_name(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], {"w": grads["w"] ** 2}, alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", CHANGED)
def rmsprop_in_place(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    for name, g in grads.items():
        params[name] -= lr * g / (np.sqrt(s[name]) + eps)
    return params, state | {"s": s}


@mistake("rmsprop", LIKE_THE_TEXT)
def rmsprop_of_other_defaults(params, grads, state, lr, alpha=0.75, eps=0.5):
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", BY_ITS_NAME)
def rmsprop_by_order(params, grads, state, lr, alpha=0.9, eps=1e-8):
    grads = dict(zip(params, grads.values()))
    s = averaged(state["s"], squares(grads), alpha)
    return stepped(params, lr, scaled(grads, s, eps)), state | {"s": s}


@mistake("rmsprop", ANOTHER_S_AVERAGE, message="shapes (2,3) (4,)")
def last_s_in_the_order_of_grads(
    params, grads, state, lr, alpha=0.9, eps=1e-8
):
    s = averaged(state["s"], squares(grads), alpha)
    after = state | {"s": dict.fromkeys(grads, s[[*grads][-1]])}
    return stepped(params, lr, scaled(grads, s, eps)), after


@mistake("rmsprop", ALONE)
def last_s_for_all_names(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    after = state | {"s": dict.fromkeys(params, s[[*params][-1]])}
    return stepped(params, lr, scaled(grads, s, eps)), after


@accepted("rmsprop")
def rmsprop_with_loops(params, grads, state, lr, alpha=0.9, eps=1e-8):
    new, averages = dict(params), dict(state["s"])
    for name in new:
        g = grads[name]
        averages[name] = averages[name] + (1 - alpha) * (
            g * g - averages[name]
        )
        new[name] = new[name] - lr / (averages[name] ** 0.5 + eps) * g
    return new, {"t": state["t"] + 1, "s": averages}


@accepted("rmsprop")
def rmsprop_in_float32(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = averaged(state["s"], squares(grads), alpha)
    new = stepped(params, lr, scaled(grads, s, eps))
    return {name: np.float32(w) for name, w in new.items()}, state | {"s": s}


# 4 · Adam


def moments(grads, state, alpha_1, alpha_2):
    m = averaged(state["m"], grads, alpha_1)
    s = averaged(state["s"], squares(grads), alpha_2)
    return state["t"] + 1, m, s


def corrected(averages, alpha, t):
    return {name: value / (1 - alpha**t) for name, value in averages.items()}


def adam_step(params, lr, m_hat, s_hat, eps):
    return stepped(params, lr, scaled(m_hat, s_hat, eps))


def counted(t, m, s):
    return {"t": t, "m": m, "s": s}


@mistake(
    "adam",
    "neither average is corrected: divide each by the share of a steady "
    "gradient that it has after t steps.",
)
def adam_uncorrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    return adam_step(params, lr, m, s, eps), counted(t, m, s)


@mistake("adam", "m is corrected, s isn't: divide it by 1 - α₂^t.")
def only_m_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = corrected(m, alpha_1, t)
    return adam_step(params, lr, m_hat, s, eps), counted(t, m, s)


@mistake("adam", "s is corrected, m isn't: divide it by 1 - α₁^t.")
def only_s_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    s_hat = corrected(s, alpha_2, t)
    return adam_step(params, lr, m, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the power is one ahead, as in L2's code: the first step is corrected "
    "with t = 1, by 1 - α.",
)
def one_power_ahead(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_1, t + 1), corrected(s, alpha_2, t + 1)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


FIRST_STEP = (
    "the second step is corrected as if it were the first. Add 1 to the "
    "state's t before you use it, take α to that power, and return that t."
)


@mistake("adam", FIRST_STEP)
def adam_without_counting(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(0, m, s)


@mistake("adam", FIRST_STEP)
def corrected_by_one_minus_alpha(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_1, 1), corrected(s, alpha_2, 1)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "at t = 0 the share is 0, and you divide by it: the first step has t = 1. "
    "Count before you correct.",
)
def counted_too_late(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    with np.errstate(all="ignore"):
        nothing = np.float64(0)
        m_hat = {name: value / nothing for name, value in m.items()}
        s_hat = {name: value / nothing for name, value in s.items()}
        if t > 1:
            m_hat = corrected(m, alpha_1, t - 1)
            s_hat = corrected(s, alpha_2, t - 1)
        return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "at t = 0 the share is 0, and you divide by it: the first step has t = 1. "
    "Count before you correct.",
    message="division by zero",
)
def divided_by_step_zero(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    rate = lr * (1 - alpha_2 ** (t - 1)) ** 0.5 / (1 - alpha_1 ** (t - 1))
    return adam_step(params, rate, m, s, eps), counted(t, m, s)


WITH_t = (
    "α is to the power t, not multiplied by it. Multiply out: after two steps "
    "the share is (1 - α)(1 + α)."
)


@mistake("adam", WITH_t)
def alpha_times_t(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = times(1 / (1 - alpha_1 * t), m)
    s_hat = times(np.divide(1, 1 - alpha_2 * t), s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "1 - α is taken to the power t; it is α that is, 1 - α^t. Multiply out: "
    "after two steps the share is (1 - α)(1 + α).",
)
def power_of_the_difference(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = times(1 / (1 - alpha_1) ** t, m)
    s_hat = times(1 / (1 - alpha_2) ** t, s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the shares grow with each step, but not as t (1 - α): that would exceed "
    "1. After two steps the share is (1 - α)(1 + α).",
)
def share_times_t(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = times(1 / (t * (1 - alpha_1)), m)
    s_hat = times(1 / (t * (1 - alpha_2)), s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", "the averages are multiplied by the share; divide by it.")
def multiplied_by_the_share(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = times(1 - alpha_1**t, m), times(1 - alpha_2**t, s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the averages are divided by α^t, what is *missing* from the gradient; "
    "divide by the share that they have.",
)
def divided_by_the_missing_share(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = times(1 / alpha_1**t, m), times(1 / alpha_2**t, s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "both are corrected with one α: m with α₁, s with α₂.",
)
def corrected_with_alpha_1(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_1, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "both are corrected with one α: m with α₁, s with α₂.",
)
def corrected_with_alpha_2(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_2, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the corrections are exchanged: m is divided by 1 - α₁^t, s by 1 - α₂^t.",
)
def corrections_exchanged(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_2, t), corrected(s, alpha_1, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


STORED_CORRECTED = (
    "a corrected average went into the state, and the next step corrects it "
    "again: keep m and s as they were."
)


@mistake("adam", STORED_CORRECTED)
def both_stored_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m, s = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m, s, eps), counted(t, m, s)


@mistake("adam", STORED_CORRECTED)
def m_stored_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m, s_hat, eps), counted(t, m, s)


@mistake("adam", STORED_CORRECTED)
def s_stored_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s, eps), counted(t, m, s)


def adam_after(params, lr, alpha_1, alpha_2, eps, t, m, s):
    """Take the step that belongs to any averages m and s."""
    m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", "ε stands under the root; add it after the root.")
def adam_with_epsilon_under_the_root(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    s_hat = {name: value + eps for name, value in s_hat.items()}
    return adam_step(params, lr, m_hat, s_hat, 0), counted(t, m, s)


@mistake(
    "adam",
    "ε is added before the correction, as in Keras: correct s, take its root, "
    "then add ε.",
)
def adam_of_keras(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    rate = lr * np.sqrt(1 - alpha_2**t) / (1 - alpha_1**t)
    return adam_step(params, rate, m, s, eps), counted(t, m, s)


@mistake("adam", NO_EPS)
def adam_without_epsilon(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, 0
    return adam_after(*given, *moments(grads, state, alpha_1, alpha_2))


@mistake("adam", IGNORES_EPS)
def adam_with_a_fixed_epsilon(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, 1e-8
    return adam_after(*given, *moments(grads, state, alpha_1, alpha_2))


@mistake("adam", "α₁ and α₂ are arguments: use them, not numbers of your own.")
def adam_with_fixed_alphas(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, 0.9, 0.999, eps
    return adam_after(*given, *moments(grads, state, 0.9, 0.999))


@mistake(
    "adam",
    "brackets are missing: ε is added to the new weight; it belongs to the "
    "root, below the line.",
)
def adam_without_brackets(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, 0
    new, state = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return {name: w + eps for name, w in new.items()}, state


@mistake(
    "adam",
    "α₁ and α₂ are exchanged: α₁ averages the gradients, α₂ their squares.",
)
def alphas_exchanged(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_2, alpha_1, eps
    return adam_after(*given, *moments(grads, state, alpha_2, alpha_1))


@mistake("adam", EXCHANGED)
def adam_with_shares_exchanged(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    averages = moments(grads, state, 1 - alpha_1, 1 - alpha_2)
    return adam_after(params, lr, alpha_1, alpha_2, eps, *averages)


@mistake("adam", FULL_SHARE)
def adam_with_full_shares(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    m = averaged(state["m"], grads, alpha_1, 1)
    s = averaged(state["s"], squares(grads), alpha_2, 1)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "the root is missing.")
def adam_without_root(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, squares(s_hat), eps), counted(t, m, s)


@mistake(
    "adam",
    "s averages the squares of m; it should be those of the gradient.",
)
def squares_of_m(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    m = averaged(state["m"], grads, alpha_1)
    s = averaged(state["s"], squares(m), alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "s averages the gradients; average their squares, g**2.")
def adam_without_squares(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    m = averaged(state["m"], grads, alpha_1)
    s = averaged(state["s"], grads, alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"] + 1, m, s)


@mistake(
    "adam",
    "this steps along g; the average of the gradients isn't used.",
)
def adam_along_the_gradient(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    s_hat = corrected(s, alpha_2, t)
    return adam_step(params, lr, grads, s_hat, eps), counted(t, m, s)


@mistake("adam", UPHILL)
def adam_uphill(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, -lr, alpha_1, alpha_2, eps
    return adam_after(*given, *moments(grads, state, alpha_1, alpha_2))


@mistake("adam", NO_RATE)
def adam_without_rate(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, 1, alpha_1, alpha_2, eps
    return adam_after(*given, *moments(grads, state, alpha_1, alpha_2))


@mistake("adam", FORGOTTEN_M)
def adam_with_m_forgotten(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return new, after | {"m": state["m"]}


@mistake("adam", FORGOTTEN_S)
def adam_with_s_forgotten(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return new, after | {"s": state["s"]}


NOTHING_REMEMBERED = (
    "no step knows of the gradients before: read m and s from the state, and "
    "put the new ones into the state that you return."
)


@mistake("adam", NOTHING_REMEMBERED)
def adam_with_both_forgotten(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return new, state | {"t": after["t"]}


@mistake(
    "adam",
    "the whole state is returned as it came: put the new t, m and s into it.",
)
def adam_with_the_old_state(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, _ = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return new, state


@mistake("adam", WRONG_ENTRY)
def adam_with_entries_exchanged(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    exchanged = counted(state["t"], state["s"], state["m"])
    averages = moments(grads, exchanged, alpha_1, alpha_2)
    new, after = adam_after(*given, *averages)
    return new, counted(after["t"], after["s"], after["m"])


@mistake(
    "adam",
    "t grows with each name of the tree, not with each step: add 1 before "
    "the loop over the names.",
)
def counted_for_each_name(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, new, m, s = state["t"], {}, {}, {}
    for name, g in grads.items():
        t += 1
        m[name] = alpha_1 * state["m"][name] + (1 - alpha_1) * g
        s[name] = alpha_2 * state["s"][name] + (1 - alpha_2) * g**2
        m_hat, s_hat = m[name] / (1 - alpha_1**t), s[name] / (1 - alpha_2**t)
        new[name] = params[name] - lr * m_hat / (np.sqrt(s_hat) + eps)
    return new, counted(t, m, s)


@mistake("adam", CHANGED)
def counted_in_the_state_s_place(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    state["t"] += 1
    _, m, s = moments(grads, state, alpha_1, alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"], m, s)


count = 0


@mistake("adam", GLOBAL)
def adam_counted_in_a_global(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    global count
    count += 1
    _, m, s = moments(grads, state, alpha_1, alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, count, m, s)


@mistake("adam", ENTRY_LOST, message="'t'")
def adam_with_t_lost(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return new, {"m": after["m"], "s": after["s"]}


@mistake("adam", FIRST_PARAMS)
def adam_returned_in_another_order(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return after, new


@mistake("adam", RETURN_BOTH)
def adam_without_state(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, *moments(grads, state, alpha_1, alpha_2))[0]


@mistake(
    "adam",
    "^ isn't a power in Python, which writes alpha**t.",
    message="unsupported operand type(s) for ^",
)
def caret_for_power(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    return params, alpha_1 ^ (state["t"] + 1)


@mistake(
    "adam",
    "this is AdaMax, or something like it: s is an average of squares, and "
    "never their maximum.",
)
def adam_with_a_maximum(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, _ = moments(grads, state, alpha_1, alpha_2)
    old = times(alpha_2, state["s"])
    s = {k: np.maximum(old[k], abs(g)) for k, g in grads.items()}
    ahead = {k: m[k] / (1 - alpha_1**t) / (s[k] + eps) for k in m}
    return stepped(params, lr, ahead), counted(t, m, s)


MULTIPLY_OUT = (
    "this isn't the share after t steps. It is 1 - α after one step, "
    "(1 - α)(1 + α) after two, (1 - α)(1 + α + α²) after three: multiply out."
)


@mistake("adam", MULTIPLY_OUT)
def quotient_to_the_power_t(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = {k: (value / (1 - alpha_1)) ** t for k, value in m.items()}
    s_hat = {k: (value / (1 - alpha_2)) ** t for k, value in s.items()}
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def share_to_the_power_of_m_only(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / (1 - alpha_1) ** t, m),
        times(1 / (1 - alpha_2**t), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def last_term_only(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / ((1 - alpha_1) * alpha_1 ** (t - 1)), m),
        times(1 / ((1 - alpha_2) * alpha_2 ** (t - 1)), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def always_as_after_two_steps(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / (1 - alpha_1**2), m),
        times(1 / (1 - alpha_2**2), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def alpha_over_t(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / (1 - alpha_1 / t), m),
        times(1 / (1 - alpha_2 / t), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def one_minus_the_power_of_the_difference(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / (1 - (1 - alpha_1) ** t), m),
        times(1 / (1 - (1 - alpha_2) ** t), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def sum_of_powers_only(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / sum(alpha_1**k for k in range(t)), m),
        times(1 / sum(alpha_2**k for k in range(t)), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "s is divided by the square of its share: divide s by the share once, and "
    "take the root then.",
)
def share_of_the_square(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / (1 - alpha_1**t), m),
        times(1 / (1 - alpha_2**t) ** 2, s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def power_twice_as_large(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / (1 - alpha_1 ** (2 * t)), m),
        times(1 / (1 - alpha_2 ** (2 * t)), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def one_plus_the_power(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / (1 + alpha_1**t), m),
        times(1 / (1 + alpha_2**t), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def alpha_to_t_squared(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = (
        times(1 / (1 - alpha_1**t**2), m),
        times(1 / (1 - alpha_2**t**2), s),
    )
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def share_by_powers_of_the_sum(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    shares = [(1 - a) * (1 + a) ** (t - 1) for a in (alpha_1, alpha_2)]
    m_hat, s_hat = times(1 / shares[0], m), times(1 / shares[1], s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def one_minus_the_power_of_the_difference_for_s(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = corrected(m, alpha_1, t)
    s_hat = times(1 / (1 - (1 - alpha_2) ** t), s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def share_times_t_for_m_only(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = times(1 / (t * (1 - alpha_1)), m)
    s_hat = corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the root is taken of the share of s, and then of the quotient again: "
    "divide s by the share itself.",
)
def root_of_the_share_of_s(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = corrected(m, alpha_1, t)
    s_hat = times(1 / (1 - alpha_2**t) ** 0.5, s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", "m is divided by the share itself, not by its root.")
def root_of_the_share_of_m(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = times(1 / (1 - alpha_1**t) ** 0.5, m)
    s_hat = corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the share is α^t - 1 here, which is negative: it is what α^t leaves of "
    "1, the other way round.",
)
def shares_below_zero(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = times(-1, corrected(m, alpha_1, t))
    with np.errstate(invalid="ignore"):
        s_hat = times(-1, corrected(s, alpha_2, t))
        return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the state begins with t = 0, and the first step counts as 1; you use "
    "the power of the step before for m only.",
)
def m_corrected_one_behind(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = corrected(m, alpha_1, t - 1) if t > 1 else m
    s_hat = corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", "1 - α₁ is used for both new values; s has 1 - α₂.")
def s_with_the_other_share(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    m = averaged(state["m"], grads, alpha_1)
    s = averaged(state["s"], squares(grads), alpha_2, 1 - alpha_1)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "1 - α₂ is used for both new values; m has 1 - α₁.")
def m_with_the_other_share(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    m = averaged(state["m"], grads, alpha_1, 1 - alpha_2)
    s = averaged(state["s"], squares(grads), alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "g * 2 is twice the gradient; its square is g**2.")
def twice_the_gradient_in_adam(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    m = averaged(state["m"], grads, alpha_1)
    s = averaged(state["s"], times(2, grads), alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    with np.errstate(invalid="ignore"):
        return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "the new m is made from the old s: read the old m.")
def m_from_the_old_s(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    m = averaged(state["s"], grads, alpha_1)
    s = averaged(state["s"], squares(grads), alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "the new s is made from the old m: read the old s.")
def s_from_the_old_m(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    m = averaged(state["m"], grads, alpha_1)
    s = averaged(state["m"], squares(grads), alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"] + 1, m, s)


@mistake(
    "adam",
    "the averages are corrected at every step, not only at the first few: "
    "the share comes near 1 by itself.",
)
def only_ten_steps_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = m, s
    if t < 10:
        m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "this is the m of exercise 2, with the rate inside; here m is an "
    "average, and lr comes in at the step.",
)
def adam_with_the_recorder_s_m(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    _, _, s = moments(grads, state, alpha_1, alpha_2)
    m = averaged(state["m"], times(lr, grads), alpha_1, 1)
    return adam_after(params, 1, alpha_1, alpha_2, eps, state["t"] + 1, m, s)


ONLY_FIRST = (
    "only the first step is corrected; the averages are too small in all the "
    "others, too."
)


@mistake("adam", ONLY_FIRST)
def only_the_first_step_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = m, s
    if t == 1:
        m_hat, s_hat = corrected(m, alpha_1, 1), corrected(s, alpha_2, 1)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", "t grows by 2 in each step: count it once.")
def counted_by_two(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return new, after | {"t": after["t"] + 1}


@mistake(
    "adam",
    "the weights shrink besides, as in AdamW; the step has no such part.",
)
def adam_with_weight_decay(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return stepped(new, 0.01 * lr, params), after


@mistake("adam", "this is AMSGrad: s may fall again, take no maximum.")
def adam_amsgrad(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    s = {k: np.maximum(value, state["s"][k]) for k, value in s.items()}
    return adam_after(*given, t, m, s)


@mistake(
    "adam",
    "this is NAdam, or something like it: step along the corrected m itself.",
)
def adam_of_nesterov(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    ahead = averaged(m, grads, alpha_1)
    new, _ = adam_after(*given, t, ahead, s)
    return new, counted(t, m, s)


@mistake(
    "adam",
    "this corrects and follows g; the average of the gradients isn't used.",
)
def gradient_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    new, _ = adam_after(*given, t, grads, s)
    return new, counted(t, m, s)


@mistake("adam", "this corrects g**2; its average s isn't used.")
def squares_corrected(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    new, _ = adam_after(*given, t, m, squares(grads))
    return new, counted(t, m, s)


@mistake(
    "adam",
    "the step is taken with the m and s of the state before: update "
    "them first.",
)
def adam_of_old_averages(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    new, _ = adam_after(*given, t, state["m"], state["s"])
    return new, counted(t, m, s)


@mistake("adam", NOTHING_REMEMBERED)
def adam_of_zeros(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    zeros = times(0, grads)
    fresh = counted(state["t"], zeros, zeros)
    return adam_after(*given, *moments(grads, fresh, alpha_1, alpha_2))


@mistake("adam", KEPT)
def adam_with_kept_averages(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    m = averaged(state["m"], grads, 1, 1 - alpha_1)
    s = averaged(state["s"], squares(grads), 1, 1 - alpha_2)
    return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "both are averaged with α₁; s has α₂.")
def s_averaged_with_alpha_1(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    m = averaged(state["m"], grads, alpha_1)
    s = averaged(state["s"], squares(grads), alpha_1)
    return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "m counts the new gradient in full: multiply it by 1 - α₁.")
def adam_with_m_in_full(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    _, _, s = moments(grads, state, alpha_1, alpha_2)
    m = averaged(state["m"], grads, alpha_1, 1)
    return adam_after(*given, state["t"] + 1, m, s)


@mistake("adam", "s counts the new square in full: multiply it by 1 - α₂.")
def adam_with_s_in_full(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    _, m, _ = moments(grads, state, alpha_1, alpha_2)
    s = averaged(state["s"], squares(grads), alpha_2, 1)
    return adam_after(*given, state["t"] + 1, m, s)


@mistake(
    "adam",
    "params come in and go out as they are: put the new weights into "
    "what you return.",
)
def params_as_adam_found_them(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    _, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return params, after


@mistake(
    "adam", "return the new params, params minus the steps, not the steps."
)
def adam_s_steps(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return {k: params[k] - w for k, w in new.items()}, after


@mistake("adam", CHANGED)
def adam_in_place(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    for name, w in params.items():
        w[...] = new[name]
    return params, after


@mistake("adam", ONLY_ONE)
def adam_of_the_first_name(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    for name, g in grads.items():
        t, m, s = moments({name: g}, state, alpha_1, alpha_2)
        given = {name: params[name]}, *given[1:]
        return adam_after(*given, t, m, s)


@mistake("adam", BY_NAME, message="and 'dict'")
def adam_of_dictionaries(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    return alpha_1 * state["m"], state


@mistake("adam", DOTS, message="'dict' object has no attribute")
def adam_read_with_a_dot(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    return params, state.t


@mistake("adam", BY_NAME, message="unsupported operand type(s) for ** ")
def dictionary_of_gradients_squared(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    return params, grads**2


@mistake(
    "adam",
    "t is a number; m and s are the dictionaries with an entry for each name.",
    message="'int' object is not subscriptable",
)
def adam_counted_in_an_array(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t = {name: state["t"][name] + 1 for name in params}
    return params, state | {"t": t}


@mistake(
    "adam",
    "brackets are missing: m / 1 - α^t subtracts the power from m; divide by "
    "the difference, (1 - α^t).",
)
def shares_without_brackets(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat = {name: value - alpha_1**t for name, value in m.items()}
    s_hat = {name: value - alpha_2**t for name, value in s.items()}
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", MULTIPLY_OUT)
def divided_by_t(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    return adam_step(params, lr, times(1 / t, m), times(1 / t, s), eps), (
        counted(t, m, s)
    )


@mistake("adam", MULTIPLY_OUT)
def alpha_times_the_steps_before(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    shares = [(1 - a) * (1 + a * (t - 1)) for a in (alpha_1, alpha_2)]
    m_hat, s_hat = times(1 / shares[0], m), times(1 / shares[1], s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the learning rate is inside m; here m is an average of gradients, and lr "
    "comes in only at the step (it may change between steps).",
)
def rate_inside_adam_s_m(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    _, _, s = moments(grads, state, alpha_1, alpha_2)
    m = averaged(state["m"], times(lr, grads), alpha_1)
    return adam_after(params, 1, alpha_1, alpha_2, eps, state["t"] + 1, m, s)


@mistake(
    "adam",
    "each weight of an array has an s of its own: no sum and no mean over the "
    "array.",
)
def adam_with_one_s_for_an_array(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    _, m, _ = moments(grads, state, alpha_1, alpha_2)
    means = {name: np.mean(g**2) for name, g in grads.items()}
    s = averaged(state["s"], means, alpha_2)
    given = params, lr, alpha_1, alpha_2, eps
    return adam_after(*given, state["t"] + 1, m, s)


@mistake(
    "adam",
    "m and s change places from step to step: store each in its own entry.",
)
def adam_with_entries_stored_crosswise(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    new, _ = adam_after(*given, t, m, s)
    return new, counted(t, s, m)


@mistake("adam", LIKE_THE_TEXT)
def adam_of_another_default(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.99, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake(
    "adam",
    "the correction is left out too early: with α₂ = 0.999 it takes thousands "
    "of steps to die away. Correct at every step.",
)
def adam_corrected_for_ten_steps(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = m, s
    if t <= 10:
        m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", ALONE)
def last_averages_for_all_names(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_2, t)
    last = [*params][-1]
    m, s = dict.fromkeys(params, m[last]), dict.fromkeys(params, s[last])
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@mistake("adam", "both are averaged with α₁; s has α₂.")
def adam_of_the_first_alpha(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_1)
    m_hat, s_hat = corrected(m, alpha_1, t), corrected(s, alpha_1, t)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@accepted("adam")
def adam_on_deep_copies(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    params, state = copy.deepcopy(params), copy.deepcopy(state)
    state["t"] += 1
    for name in params:
        for entry, value, alpha in (
            ("m", grads[name], alpha_1),
            ("s", np.square(grads[name]), alpha_2),
        ):
            old = state[entry][name]
            state[entry][name] = old + (1 - alpha) * (value - old)
        m_hat = state["m"][name] / (1 - math.pow(alpha_1, state["t"]))
        s_hat = state["s"][name] / (1 - math.pow(alpha_2, state["t"]))
        params[name] = params[name] - lr * m_hat / (s_hat**0.5 + eps)
    return params, state


@accepted("adam")
def adam_with_one_rate(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    root = (1 - alpha_2**t) ** 0.5
    rate = lr * root / (1 - alpha_1**t)
    return [adam_step(params, rate, m, s, root * eps), counted(t, m, s)]


@accepted("adam")
def adam_with_a_sum_of_powers(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    t, m, s = moments(grads, state, alpha_1, alpha_2)
    shares = [
        (1 - a) * sum(a**k for k in range(t)) for a in (alpha_1, alpha_2)
    ]
    m_hat, s_hat = times(1 / shares[0], m), times(1 / shares[1], s)
    return adam_step(params, lr, m_hat, s_hat, eps), counted(t, m, s)


@accepted("adam")
def adam_in_float32(
    params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8
):
    given = params, lr, alpha_1, alpha_2, eps
    new, after = adam_after(*given, *moments(grads, state, alpha_1, alpha_2))
    return {name: np.float32(w) for name, w in new.items()}, after


# 5 · Warm up, then slow down


def wave(progress):
    return (1 + np.cos(np.pi * progress)) / 2


def progress_of(step, num_steps, warmup):
    return min(1, (step - warmup) / (num_steps - warmup))


JUMP = (
    "the cosine counts its steps from 0 on; it should begin at the end of "
    "the warm-up, with the peak."
)


@mistake("schedule", "there is no warm-up, and the cosine begins at step 0.")
def schedule_without_warmup(step, num_steps, warmup, peak):
    return peak * wave(progress_of(step, num_steps, 0))


@mistake("schedule", JUMP)
def schedule_with_a_jump(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * wave(progress_of(step, num_steps, 0))


@mistake(
    "schedule",
    "warm-up and cosine run at the same time and are multiplied; let one "
    "follow the other.",
)
def both_at_once(step, num_steps, warmup, peak):
    return peak * min(1, step / warmup) * wave(min(1, step / num_steps))


WHOLE_LENGTH = (
    "the cosine takes num_steps steps from top to bottom; it has only "
    "num_steps - warmup."
)


@mistake("schedule", WHOLE_LENGTH)
def cosine_of_the_whole_length(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * wave(min(1, (step - warmup) / num_steps))


@mistake("schedule", WHOLE_LENGTH)
def cosine_too_long_and_cut_off(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    if step >= num_steps:
        return 0.0
    return peak * wave((step - warmup) / num_steps)


ONE_STEP_SHORT = (
    "the cosine is at its bottom one step too early: it has num_steps - "
    "warmup steps, and is 0 at num_steps."
)


@mistake("schedule", ONE_STEP_SHORT)
def cosine_one_step_short(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * wave(min(1, (step - warmup) / (num_steps - warmup - 1)))


@mistake(
    "schedule",
    "the cosine goes from 1 to -1, so 1 + cos from 2 to 0: take half of it.",
)
def twice_the_peak(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return 2 * peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "brackets are missing: half of 1 + cos is (1 + cos) / 2.",
)
def half_of_the_cosine_only(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    angle = np.pi * progress_of(step, num_steps, warmup)
    return peak * (1 + np.cos(angle) / 2)


BELOW_ZERO = (
    "the cosine goes from 1 to -1 and makes the rate negative: lift it by 1 "
    "and take half."
)


@mistake("schedule", BELOW_ZERO)
def below_zero(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * np.cos(np.pi * progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "the cosine is cut off where it becomes negative, and the rate is 0 too "
    "early: lift it by 1 and take half.",
)
def cut_off_at_zero(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    cosine = np.cos(np.pi * progress_of(step, num_steps, warmup))
    return peak * max(0.0, cosine)


@mistake(
    "schedule",
    "this rises: 1 - cos goes from 0 to 2. Let it fall, with 1 + cos.",
)
def rising_cosine(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * (1 - wave(progress_of(step, num_steps, warmup)))


@mistake(
    "schedule",
    "this rises and falls again, like a sine; a cosine begins at its top.",
)
def sine_for_cosine(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * np.sin(np.pi * progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "this is a quarter of a wave, as far as 90 degrees; it should be half of "
    "one, π.",
)
def quarter_of_a_wave(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * np.cos(np.pi / 2 * progress_of(step, num_steps, warmup))


WHOLE_WAVE = (
    "this is a whole wave, down and up again (as is the square of a cosine); "
    "it should be half of one, π."
)


@mistake("schedule", WHOLE_WAVE)
def whole_wave(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * wave(2 * progress_of(step, num_steps, warmup))


@mistake("schedule", "np.cos takes radians: half a wave is π, not 180.")
def wave_in_degrees(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    angle = 180 * progress_of(step, num_steps, warmup)
    return peak * (1 + np.cos(angle)) / 2


@mistake("schedule", "the π is missing: half a wave ends at the angle π.")
def wave_without_pi(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * wave(progress_of(step, num_steps, warmup) / np.pi)


@mistake(
    "schedule",
    "this falls in a straight line; let it fall like a cosine.",
)
def straight_down(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * (1 - progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "the warm-up follows a cosine, too; let it rise in a straight line.",
)
def cosine_up_and_down(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * wave(1 - step / warmup)
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "beyond the last step the rate rises again: at num_steps and ever after "
    "it is 0.",
)
def climbing_again(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * wave((step - warmup) / (num_steps - warmup))


@mistake(
    "schedule",
    "the warm-up is one step ahead: 0 at step 0, the peak at step warmup.",
)
def warmup_one_ahead(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "the warm-up is too late: it should reach the peak at step warmup.",
)
def warmup_one_late(step, num_steps, warmup, peak):
    if step <= warmup:
        return peak * step / (warmup + 1)
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "the warm-up reaches its peak at step num_steps; it should at step "
    "warmup: divide by warmup.",
)
def warmup_of_the_whole_length(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / num_steps
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "the cosine is right, the warm-up is missing: before step warmup the rate "
    "rises from 0 in a straight line.",
)
def peak_during_warmup(step, num_steps, warmup, peak):
    progress = max(0, progress_of(step, num_steps, warmup))
    return peak * wave(progress)


FLAT_WARMUP = (
    "during the warm-up the rate is 0; it should rise in a straight line. "
    "(Mind that // cuts off everything behind the point, and / divides.)"
)


@mistake("schedule", FLAT_WARMUP)
def warmup_in_whole_numbers(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * (step // warmup)
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "// cuts off everything behind the point; / divides.",
)
def progress_in_whole_numbers(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * wave(min(1, (step - warmup) // (num_steps - warmup)))


SHARES = "these are shares of the peak: multiply."


@mistake("schedule", SHARES)
def shares_of_the_peak(step, num_steps, warmup, peak):
    if step < warmup:
        return step / warmup
    return wave(progress_of(step, num_steps, warmup))


@mistake("schedule", SHARES)
def warmup_without_the_peak(step, num_steps, warmup, peak):
    if step < warmup:
        return step / warmup
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake("schedule", "the cosine gives shares of the peak: multiply.")
def cosine_without_the_peak(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return wave(progress_of(step, num_steps, warmup))


NOTHING_TO_DIVIDE = (
    "without a warm-up there is nothing to divide by: the line is for steps "
    "before warmup only."
)


@mistake("schedule", NOTHING_TO_DIVIDE, message="division by zero")
def divided_by_no_warmup(step, num_steps, warmup, peak):
    line = peak * step / warmup
    down = peak * wave(progress_of(step, num_steps, warmup))
    return line if step < warmup else down


@mistake("schedule", "brackets are missing: half of (1 + cos) times the peak.")
def cosine_outside_the_brackets(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    angle = np.pi * progress_of(step, num_steps, warmup)
    return peak * 0.5 * 1 + np.cos(angle)


@mistake("schedule", "the warm-up is added to the cosine; it comes before it.")
def warmup_and_cosine_added(step, num_steps, warmup, peak):
    line = peak * min(1, step / max(1, warmup))
    return line + peak * wave(max(0, progress_of(step, num_steps, warmup)))


@mistake("schedule", NOTHING_TO_DIVIDE, message="division by zero")
def line_up_to_warmup(step, num_steps, warmup, peak):
    if step <= warmup:
        return peak * step / warmup
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake("schedule", "without a warm-up the rate begins at its peak.")
def nothing_at_step_zero(step, num_steps, warmup, peak):
    if step == 0:
        return 0.0
    if step < warmup:
        return peak * step / warmup
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "for a cosine of many steps at once use np.cos; but step is one number "
    "here, and so should be the rate.",
)
def all_rates_at_once(step, num_steps, warmup, peak):
    return np.array(
        [
            peak * t / warmup
            if t < warmup
            else peak * wave(progress_of(t, num_steps, warmup))
            for t in range(num_steps + 1)
        ]
    )


@mistake("schedule", JUMP)
def jump_and_climb(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * wave(step / num_steps)


@mistake("schedule", "beyond num_steps the rate stays 0.")
def peak_after_the_end(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    if step > num_steps:
        return peak
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake("schedule", ONE_STEP_SHORT)
def zero_one_step_early(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    if step >= num_steps - 1:
        return 0.0
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "this rises: 1 - cos goes from 0 to 2. Let it fall, with 1 + cos.",
)
def steps_counted_from_the_end(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    left = max(0, num_steps - step)
    return peak * wave(left / (num_steps - warmup))


@mistake(
    "schedule",
    "during the warm-up the rate is always the same; it should rise "
    "with step.",
)
def warmup_at_one_rate(step, num_steps, warmup, peak):
    if step < warmup:
        return peak / warmup
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake("schedule", BELOW_ZERO)
def half_of_the_cosine(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    angle = np.pi * progress_of(step, num_steps, warmup)
    return peak / 2 * np.cos(angle)


@mistake(
    "schedule",
    "the progress is 1 or more from the beginning, where the rate is 0: is "
    "min at its place, and are there brackets around step - warmup?",
)
def max_for_min(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    progress = max(1, (step - warmup) / (num_steps - warmup))
    return peak * wave(progress)


@mistake(
    "schedule", "this falls like an exponential; let it fall like a cosine."
)
def exponential_fall(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    if step >= num_steps:
        return 0.0
    return peak * np.exp(-progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "step and peak are exchanged: the share step / warmup is multiplied "
    "by peak.",
)
def warmup_by_the_peak(step, num_steps, warmup, peak):
    if step < warmup:
        return step / peak * warmup
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "the warm-up falls from the peak; it should rise from 0 to the peak.",
)
def warmup_downwards(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * (1 - step / warmup)
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake("schedule", FLAT_WARMUP)
def nothing_during_warmup(step, num_steps, warmup, peak):
    if step < warmup:
        return 0.0
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake("schedule", WHOLE_WAVE)
def squared_cosine(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * np.cos(np.pi * progress_of(step, num_steps, warmup)) ** 2


@mistake(
    "schedule", "this falls in a straight line; let it fall like a cosine."
)
def straight_down_and_below_zero(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * (1 - (step - warmup) / (num_steps - warmup))


@mistake("schedule", "don't round: rates can be very small.")
def rounded_rates(step, num_steps, warmup, peak):
    rate = peak * step / max(1, warmup)
    if step >= warmup:
        rate = peak * wave(progress_of(step, num_steps, warmup))
    return round(rate, 2)


@mistake(
    "schedule", "after the warm-up the rate stays at its peak; it should fall."
)
def constant_after_warmup(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak


@mistake(
    "schedule",
    "halfway through the warm-up the rate should be half of the peak: a "
    "straight line, without a root, a power or another factor.",
)
def warmup_along_a_root(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * (step / warmup) ** 0.5
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "halfway through the warm-up the rate should be half of the peak: a "
    "straight line, without a root, a power or another factor.",
)
def warmup_along_a_parabola(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * (step / warmup) ** 2
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake(
    "schedule",
    "without a warm-up the rate falls all the same, from the peak at step 0.",
)
def constant_without_warmup(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    if warmup == 0:
        return peak
    return peak * wave(progress_of(step, num_steps, warmup))


@mistake("schedule", "this falls like a parabola; let it fall like a cosine.")
def parabola_down(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * (1 - progress_of(step, num_steps, warmup) ** 2)


@mistake(
    "schedule",
    "cos - 1 goes from 0 to -2: lift the cosine, don't lower it.",
)
def lowered_cosine(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return peak * (wave(progress_of(step, num_steps, warmup)) - 1)


@mistake(
    "schedule",
    "the result is a list or an array; it should be the rate at this step, "
    "one number.",
)
def rate_in_a_list(step, num_steps, warmup, peak):
    if step < warmup:
        return np.array([peak * step / warmup])
    return np.array([peak * wave(progress_of(step, num_steps, warmup))])


@mistake(
    "schedule",
    "180 degrees over 7 steps are no whole number of degrees: divide with /, "
    "and don't round.",
)
def wave_of_whole_degrees(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    angle = (step - warmup) * (180 // (num_steps - warmup))
    return peak * (1 + math.cos(math.radians(min(angle, 180)))) / 2


TABLE_ENDS = (
    "your table of rates has no entry for this step: from num_steps on, "
    "num_steps included, the rate is 0."
)


@mistake("schedule", TABLE_ENDS, message="list index out of range")
def table_without_the_last_step(step, num_steps, warmup, peak):
    rise = [peak * k / warmup for k in range(warmup)]
    rest = num_steps - warmup
    return (rise + [peak * wave(k / rest) for k in range(rest)])[step]


@mistake("schedule", TABLE_ENDS, message="list index out of range")
def table_up_to_the_last_step(step, num_steps, warmup, peak):
    rise = [peak * k / warmup for k in range(warmup)]
    rest = num_steps - warmup
    return (rise + [peak * wave(k / rest) for k in range(rest + 1)])[step]


@mistake("schedule", TABLE_ENDS, message="is out of bounds for axis 0")
def array_without_the_last_step(step, num_steps, warmup, peak):
    steps = np.arange(num_steps)
    fall = peak * wave((steps - warmup) / (num_steps - warmup))
    return np.where(steps < warmup, peak * steps / max(warmup, 1), fall)[step]


@mistake("schedule", TABLE_ENDS, message="is out of bounds for axis 0")
def array_up_to_the_last_step(step, num_steps, warmup, peak):
    steps = np.arange(num_steps + 1)
    fall = peak * wave((steps - warmup) / (num_steps - warmup))
    return np.where(steps < warmup, peak * steps / max(warmup, 1), fall)[step]


@accepted("schedule")
def schedule_by_squares(step, num_steps, warmup, peak):
    if step >= num_steps:
        return 0
    if step < warmup:
        return step * (peak / warmup)
    angle = math.pi / 2 * (step - warmup) / (num_steps - warmup)
    return peak * math.cos(angle) ** 2


@accepted("schedule")
def schedule_without_branches(step, num_steps, warmup, peak):
    line = step / max(warmup, 1)
    progress = np.clip((step - warmup) / (num_steps - warmup), 0, 1)
    down = 0.5 * peak * (1 + np.cos(progress * np.pi))
    return np.where(step < warmup, peak * line, down)


@accepted("schedule")
def schedule_in_float32(step, num_steps, warmup, peak):
    rates = np.interp(step, [0, max(warmup, 1e-9)], [0, peak])
    if step >= warmup:
        rates = peak * wave(progress_of(step, num_steps, warmup))
    return np.float32(rates)


@accepted("schedule")
def schedule_of_float32_throughout(step, num_steps, warmup, peak):
    peak = np.float32(peak)
    if step < warmup:
        return np.float32(step) / np.float32(warmup) * peak
    if step >= num_steps:
        return np.float32(0)
    progress = np.float32((step - warmup) / (num_steps - warmup))
    return peak * (1 + np.cos(np.float32(np.pi) * progress)) / 2


@accepted("schedule")
def schedule_by_interpolation(step, num_steps, warmup, peak):
    if step < warmup:
        return np.interp(step, [0, warmup], [0, peak])
    angle = np.interp(step, [warmup, num_steps], [0, np.pi])
    return peak / 2 + peak / 2 * np.cos(angle)


# 6 · The rover


def rmsprop_drive(slope, v, lr, num_steps=100):
    """Drive with RMSProp; lr: a rate, or a function of the step."""
    rate, s = lr if callable(lr) else lambda step: lr, np.zeros(2)
    for step in range(num_steps):
        g = slope(v)
        s = 0.9 * s + 0.1 * g**2
        v = v - rate(step) * g / (np.sqrt(s) + 1e-8)
    return v


def plain_drive(slope, v, lr, num_steps=100):
    for _ in range(num_steps):
        v = v - lr * slope(v)
    return v


TOO_LARGE = (
    "a step is far too long, or the end isn't the last place. Look at its "
    "sign, and at its size in each direction: is the flat one taken for the "
    "steep one? Other canyons are steeper: the readings tell."
)
TOO_SHORT = (
    "the direction is right and the steps are too short here. Is the rate "
    "small, does it fall too early, or is ε too large?"
)
MUST_FALL = (
    "do you return the last place, not one of a small slope? Then the steps "
    "are too long for the end of the way: let the rate fall to 0 within these "
    "readings, or take a smaller one."
)
FLOOR = (
    "along the floor the slopes are thousands of times smaller than on the "
    "walls. One rate for both, or a large ε, can't do it: divide each "
    "direction's step by the usual size of its slopes."
)
EMPTY = (
    "each call of slope is a reading, and a step may take several: count "
    "them, and make no more than the battery holds."
)
LAST_PLACE = "return the last place, not the whole way, nor a dictionary."
NO_READING = (
    "the cave isn't at a fixed place of the map: the rover can find it by "
    "slope(v) alone."
)
HESSIAN = (
    "readings at three places close together tell how the slope changes in "
    "every direction: that is the Hessian. In a bowl, which step lands on "
    "the minimum at once?"
)
SLOPE_UP = (
    "the slope points uphill. Is the step subtracted, and does each direction "
    "get its own?"
)


@mistake("find_shelter", TOO_LARGE)
def plain_with_too_large_a_rate(slope, v):
    return plain_drive(slope, v, 0.02)


@mistake("find_shelter", SLOPE_UP)
def plain_uphill(slope, v):
    return plain_drive(slope, v, -0.005)


@mistake("find_shelter", SLOPE_UP)
def rmsprop_drive_uphill(slope, v):
    return rmsprop_drive(slope, v, -0.05)


@mistake(
    "find_shelter",
    "the battery holds more. Are the steps too few, is a small slope taken "
    "for none, or does the search look on one side only?",
)
def ten_readings(slope, v):
    return rmsprop_drive(slope, v, 0.02, 10)


@mistake("find_shelter", MUST_FALL)
def rmsprop_drive_at_a_large_rate(slope, v):
    return rmsprop_drive(slope, v, 0.6)


@mistake("find_shelter", MUST_FALL)
def adam_drive_at_a_huge_rate(slope, v):
    m = s = np.zeros(2)
    for step in range(100):
        g = slope(v)
        m, s = 0.9 * m + 0.1 * g, 0.9 * s + 0.1 * g**2
        v = v - 3 * m / (np.sqrt(s) + 1e-8)
    return v


@mistake(
    "find_shelter",
    "across, the steps are too long, along the floor too short: one factor "
    "for both can't do it. Give each its own.",
)
def plain_at_the_limit(slope, v):
    return plain_drive(slope, v, 0.01)


@mistake("find_shelter", FLOOR)
def plain_with_a_small_rate(slope, v):
    return plain_drive(slope, v, 0.001)


@mistake("find_shelter", FLOOR)
def momentum_drive(slope, v):
    m = np.zeros(2)
    for _ in range(100):
        m = 0.9 * m + 0.1 * slope(v)
        v = v - 0.1 * m
    return v


@mistake("find_shelter", TOO_SHORT)
def rmsprop_drive_in_tiny_steps(slope, v):
    return rmsprop_drive(slope, v, 0.001)


@mistake("find_shelter", TOO_SHORT)
def rmsprop_drive_in_small_steps(slope, v):
    return rmsprop_drive(slope, v, 0.01)


@mistake("find_shelter", EMPTY)
def two_hundred_readings(slope, v):
    return rmsprop_drive(slope, v, 0.02, 200)


@mistake("find_shelter", EMPTY)
def two_readings_a_step(slope, v):
    s = np.zeros(2)
    for _ in range(100):
        s = 0.9 * s + 0.1 * slope(v) ** 2
        v = v - 0.05 * slope(v) / (np.sqrt(s) + 1e-8)
    return v


@mistake("find_shelter", LAST_PLACE)
def the_whole_way(slope, v):
    return np.array([v, rmsprop_drive(slope, v, 0.02)])


@mistake("find_shelter", NO_READING)
def the_place_on_the_map(slope, v):
    return np.zeros(2)


@mistake("find_shelter", NO_READING)
def the_place_of_the_example(slope, v):
    return np.array([4.0, -3.0])


@mistake(
    "find_shelter",
    "how steep the canyon is, isn't known: one reading can't tell how far "
    "away the cave is.",
)
def one_reading_of_a_known_canyon(slope, v):
    g = slope(v)
    return v - [np.cbrt(25 * g[0]), g[1] / 200]


@mistake(
    "find_shelter",
    "work on a copy, v.copy(), or write x = x - 1 where you have x -= 1.",
)
def drive_in_place(slope, v):
    v -= v - rmsprop_drive(slope, v, lambda k: 0.3 * wave(k / 100))
    return v


@mistake("find_shelter", "the exercise is to write it yourself.")
def drive_by_scipy(slope, v):
    from scipy.optimize import root as solve

    return solve(slope, v).x


@mistake(
    "find_shelter",
    "slope takes one argument, a place: an array of two numbers.",
    message="takes 1 positional argument but 2 were given",
)
def slope_of_two_numbers(slope, v):
    return slope(*v)


@mistake(
    "find_shelter",
    "slope takes a place, an array of two numbers, and not a dictionary.",
    message="float() argument must be a string or a real number, not 'dict'",
)
def slope_of_a_dictionary(slope, v):
    return slope({"v": v})


@mistake(
    "find_shelter",
    'an optimizer needs dictionaries: {"v": v} for the place, {"v": '
    "slope(v)} for the gradients.",
    message="'numpy.ndarray' object has no attribute 'items'",
)
def optimizer_without_a_tree(slope, v):
    return {k: w for k, w in v.items()}


@mistake(
    "find_shelter",
    'an optimizer needs dictionaries: {"v": v} for the place, {"v": '
    "slope(v)} for the gradients.",
    message="np.float64(",
)
def names_of_an_array(slope, v):
    return {"v": v}[v[0]]


@mistake("find_shelter", LAST_PLACE)
def the_params(slope, v):
    return {"v": rmsprop_drive(slope, v, lambda k: 0.3 * wave(k / 100))}


@mistake(
    "find_shelter",
    "return the last place: v = v - ... calls the new one v.",
)
def back_at_the_start(slope, v):
    plain_drive(slope, v, 0.005)
    return v


@mistake(
    "find_shelter",
    "read the slope where the rover is now, after its last step.",
)
def the_same_place_again(slope, v):
    for _ in range(100):
        new = v - 0.005 * slope(v)
    return new


@mistake("find_shelter", MUST_FALL)
def steps_of_one_length(slope, v):
    for _ in range(100):
        v = v - 0.2 * np.sign(slope(v))
    return v


@mistake("find_shelter", TOO_SHORT)
def rate_that_falls_too_fast(slope, v):
    return rmsprop_drive(slope, v, lambda k: 0.1 * 0.9**k)


@accepted("find_shelter")
def drive_at_a_constant_rate(slope, v):
    return rmsprop_drive(slope, v, 0.05)


@accepted("find_shelter")
def drive_at_a_falling_line(slope, v):
    place, average = v.copy(), [0.0, 0.0]
    for step in range(100):
        g = slope(place)
        for i in range(2):
            average[i] = 0.9 * average[i] + 0.1 * g[i] ** 2
            length = 0.3 * (1 - step / 100) / (average[i] ** 0.5 + 1e-8)
            place[i] -= length * g[i]
    return list(place)


@accepted("find_shelter")
def drive_by_adam(slope, v):
    m = s = np.zeros(2)
    for t in range(1, 101):
        g = slope(v)
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
        v = v - 0.5 * m_hat / (np.sqrt(s_hat) + 1e-8)
    return v


@accepted("find_shelter")
def drive_by_newton(slope, v):
    h = 1e-4
    for _ in range(33):
        g = slope(v)
        gx, gy = slope(v + [h, 0]), slope(v + [0, h])
        H = np.array([gx - g, gy - g]).T / h
        v = v - np.linalg.solve(H, g)
    return v


# 8 · Another direction


@mistake("find_turned", HESSIAN)
def turned_with_rmsprop(slope, v):
    return rmsprop_drive(slope, v, 0.1, 40)


@mistake("find_turned", HESSIAN)
def turned_with_one_rate(slope, v):
    return plain_drive(slope, v, 0.009, 40)


@mistake("find_turned", TOO_LARGE)
def turned_with_too_large_a_rate(slope, v):
    return plain_drive(slope, v, 0.02, 40)


@mistake("find_turned", SLOPE_UP)
def turned_uphill(slope, v):
    return plain_drive(slope, v, -0.001, 40)


@mistake("find_turned", EMPTY)
def one_reading_too_many(slope, v):
    return plain_drive(slope, v, 0.009, 41)


@mistake("find_turned", LAST_PLACE)
def the_slope_and_the_place(slope, v):
    return [slope(v), v]


@mistake("find_turned", NO_READING)
def a_step_without_reading(slope, v):
    return v - 1


@accepted("find_turned")
def turned_with_central_differences(slope, v):
    h = 1e-4
    for _ in range(8):
        columns = [
            (slope(v + e) - slope(v - e)) / (2 * h)
            for e in ([h, 0] * np.ones(2), [0, h] * np.ones(2))
        ]
        v = v - np.linalg.inv(np.column_stack(columns)) @ slope(v)
    return v
