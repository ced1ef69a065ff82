"""How an answer differs from what is right; gradients by finite differences.

Pure functions: nothing is printed, kept or changed.
"""

import copy
import inspect
import numbers

import numpy as np


class NoAnswer(Exception):
    """There is nothing to compare: the question isn't answered yet."""


# Results


def difference(answer, expected):
    """Say how an answer differs from what is expected; '' if it doesn't.

    Parameters: answer; expected, a number, an array, nested lists of numbers
    (then any real dtype will do) or a tuple of such. What counts as equal
    says `tolerance`.
    Raises: NoAnswer if the answer, or a part of it, is None.
    """
    if answer is None:
        raise NoAnswer("The result is None: is a return missing?")
    if isinstance(expected, tuple):
        if not isinstance(answer, (tuple, list)):
            return f"is not a tuple of {len(expected)} values"
        if len(answer) != len(expected):
            return f"has {len(answer)} values, not {len(expected)}"
        for i, pair in enumerate(zip(answer, expected), start=1):
            if reason := difference(*pair):
                return f"number {i} of {len(expected)} {reason}"
        return ""
    exact, expected = isinstance(expected, np.ndarray), np.asarray(expected)
    kind = "array" if expected.ndim else "number"
    types = (np.ndarray, np.generic, *[numbers.Number] * (not expected.ndim))
    if not isinstance(answer, types):
        name = type(answer).__name__
        article = "an" if name[0] in "aeiou" else "a"
        return f"is {article} {name}, not a NumPy {kind}"
    answer = np.asarray(answer)
    if answer.shape != expected.shape:
        change = "is transposed: its" if same(answer.T, expected) else "has"
        return f"{change} shape {answer.shape}, not {expected.shape}"
    given, wanted = (
        a.dtype.kind.replace("u", "i") for a in (answer, expected)
    )
    if given != wanted and (exact or given not in "if"):
        return f"has dtype {answer.dtype}, not {expected.dtype}"
    return "" if same(answer, expected) else _pattern(answer, expected)


def same(answer, expected):
    """Tell whether two results are equal but for rounding, see `tolerance`.

    Parameters: as for `difference`; what is no number is never the same.
    """
    if isinstance(expected, tuple):
        return (
            isinstance(answer, (tuple, list))
            and len(answer) == len(expected)
            and all(map(same, answer, expected))
        )
    try:
        answer, expected = np.asarray(answer), np.asarray(expected)
        return answer.shape == expected.shape and bool(
            _close(answer, expected).all()
        )
    except (TypeError, ValueError):  # not numbers, or ragged lists
        return False


def same_form(answer, expected):
    """Tell whether a result has the type and the shape that are expected.

    Parameters: as for `difference`.
    """
    if isinstance(expected, tuple):
        return (
            isinstance(answer, (tuple, list))
            and len(answer) == len(expected)
            and all(map(same_form, answer, expected))
        )
    shape = np.shape(expected)
    types = (np.ndarray, np.generic, *[numbers.Number] * (not shape))
    return isinstance(answer, types) and np.shape(answer) == shape


def is_numeric(answer):
    """Tell whether a result consists of numbers: arrays, lists, tuples."""
    if isinstance(answer, tuple):
        return all(map(is_numeric, answer))
    try:
        return np.asarray(answer).dtype.kind in "biufc"
    except Exception:  # ragged lists, what NumPy can't read
        return False


def tolerance(answer, expected):
    """Return how far each entry of an answer may be from what is expected.

    - by 1e-5 of the entry's own size (7e-5 if the answer is float32);
    - by what numbers lose that were in float32, or written with six digits,
      on the way: 1e-6 of the largest finite entry, but no more than 1e-3 of
      the entry's own size;
    - by what is left where larger numbers cancel: 1e-10 of the largest entry
      (5e-7 if the answer is float32), or of 1 where 0 is expected.

    Whole numbers have to be met.

    Parameters: two arrays of one shape.
    Returns: an array of that shape.
    """
    inexact = answer.dtype.kind in "fc"
    if not inexact and expected.dtype.kind in "iub":
        return np.zeros(expected.shape)
    eps = np.finfo(answer.dtype).eps if inexact else 0
    size = np.where(np.isfinite(expected), np.abs(expected), 0).astype(float)
    largest = size.max(initial=0)
    left = max(1e-10, 4 * eps) * np.where(size, largest, max(largest, 1))
    lost = np.minimum(1e-6 * largest, 1e-3 * size)
    allowed = max(1e-5, eps**0.6) * size + np.maximum(left, lost)
    whole = expected.dtype.kind in "iub"
    return np.minimum(allowed, 0.4) if whole else allowed


def _close(answer, expected):
    """Return a boolean array: which entries are equal but for rounding."""
    allowed = tolerance(answer, expected)
    if not allowed.any():  # also right for whole numbers above 2**53
        return answer == expected
    return np.isclose(answer, expected, 0, allowed, equal_nan=True)


def _pattern(answer, expected):
    """Say how two arrays of one shape differ in their values."""
    wrong = ~_close(answer, expected)
    strange = wrong & ~np.isfinite(answer)
    first = tuple(np.argwhere(strange if strange.any() else wrong)[0].tolist())
    value, right = _written(answer[first], expected[first])
    if not first:
        return f"is {value}, not {right}"
    if strange.any():
        return f"is {value} at {list(first)} ({strange.sum()} such entries)"
    factor = _factor(answer, expected)
    if factor and same(answer, factor * expected):
        if np.isclose(factor, -1):
            return "has the wrong sign everywhere"
        return f"is {factor:.4g} times what it should be, everywhere"
    if answer.ndim > 1 and same(answer.T, expected):
        return "is transposed"
    rows = wrong.any(axis=tuple(range(1, wrong.ndim)))
    if answer.ndim > 1 and not rows[0] and rows[1:].all():
        return "is right in the first row only"
    return (
        f"is wrong in {wrong.sum()} of {wrong.size} entries; at "
        f"{list(first)} it is {value}, not {right}"
    )


def _factor(answer, expected):
    """Return the factor between two arrays, 0 if there can be none."""
    if answer.dtype.kind not in "if":
        return 0
    finite = np.where(np.isfinite(expected), expected, 0).astype(float)
    factor = np.sum(answer * finite) / max(np.sum(finite**2), 1e-300)
    return 0 if abs(factor - 1) < 0.01 else factor


def _written(*values):
    """Write numbers short, but so that different ones look different."""
    short = [f"{v:.6g}" if v.dtype.kind in "fc" else str(v) for v in values]
    rounded = {f"{v:.6g}" for v in values}
    return list(map(str, values)) if len(rounded) == 1 else short


# Arguments


def copied(value):
    """Copy what a function might change by mistake: arrays, tensors, lists,
    dicts, tuples, objects that are compared by what they hold, and what is
    inside of these.

    What has an identity of its own (functions, models, variables that are
    trained, random generators) is passed on as it is, and so is what can't be
    copied.
    """
    return _copied(value, {})


def _copied(value, made):
    """Copy a value; made: {id: copy} of what was copied before."""
    if id(value) in made:
        return made[id(value)]
    if type(value) is list:
        made[id(value)] = new = []
        new.extend(_copied(part, made) for part in value)
    elif type(value) is dict:
        made[id(value)] = new = {}
        new.update((name, _copied(part, made)) for name, part in value.items())
    elif isinstance(value, tuple):
        parts = [_copied(part, made) for part in value]
        named = hasattr(value, "_fields")
        new = type(value)(*parts) if named else tuple(parts)
    else:
        new = _copied_leaf(value)
    made[id(value)] = new
    return new


def _copied_leaf(value):
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.copy(order="K")
    if isinstance(value, (set, frozenset)):
        return copy.copy(value)
    if (
        callable(value)
        or type(value).__eq__ is object.__eq__
        or hasattr(value, "assign_add")  # a variable of TensorFlow or Keras
        or getattr(value, "requires_grad", False)
    ):
        return value
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


def change(before, after, above=()):
    """Say where a value was changed: None, '' (itself) or "[0]['W']".

    Parameters: before, the value; after, a copy of it from `copied` that was
    in use since; above, ids of the values that it is a part of.
    """
    if before is after or id(before) in above:
        return None
    if type(before) is not type(after):
        return ""
    old, new = _parts(before), _parts(after)
    if old is None:
        return None if _identical(before, after) else ""
    if old.keys() != new.keys():
        return ""
    for name, part in old.items():
        where = change(part, new[name], (*above, id(before)))
        if where is not None:
            return name + where
    return None


def _parts(value):
    """Return {how Python writes it: part} of a value, None if it has none."""
    if isinstance(value, dict):
        return {f"[{name!r}]": part for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return {f"[{i}]": part for i, part in enumerate(value)}
    if hasattr(value, "__dict__") and not hasattr(value, "shape"):
        return {f".{name}": part for name, part in vars(value).items()}
    return None


def _identical(one, other):
    """Tell whether two values are exactly the same, nan being nan."""
    for name in ("shape", "dtype"):
        if getattr(one, name, None) != getattr(other, name, None):
            return False
    try:
        equal = (one == other) | ((one != one) & (other != other))
        return bool(np.all(np.asarray(equal)))
    except Exception:  # it can't be compared: nothing is known
        return True


def changed_argument(function, before, after):
    """Say which argument a function has changed, and what to do.

    Parameters: function; before, its arguments; after, the copies of them
    that it was given.
    Returns: (reason, hint), or None if it has changed nothing.
    """
    for i, (old, new) in enumerate(zip(before, after)):
        where = change(old, new)
        if where is None:
            continue
        name = _argument(function, i)
        if isinstance(old, list) and not where:
            hint = (
                "the caller still needs the list: no pop and append, which "
                "change it; use slices, which are copies."
            )
        elif where or not hasattr(old, "shape"):
            hint = (
                "make new arrays, lists and dicts: x = x - 1 where you have "
                "x -= 1. What you assign to a part of an argument, you write "
                "into the caller's own."
            )
        else:
            copying = "copy" if hasattr(old, "copy") else "clone"
            hint = (
                f"work on a copy, {name or 'x'}.{copying}(), or write "
                "x = x - 1 where you have x -= 1."
            )
        name = name + where if name else f"number {i + 1}"
        return f"the function changes its argument {name}.", hint
    return None


def _argument(function, i):
    """Return what a function calls its argument i, '' if nothing."""
    for own in ("forward", "call"):  # of PyTorch's modules, Keras's layers
        function = getattr(function, own, function)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin
        return ""
    for k, parameter in enumerate(parameters):
        if parameter.kind is parameter.VAR_POSITIONAL:
            return f"{parameter.name}[{i - k}]"
        if k == i and parameter.kind is not parameter.KEYWORD_ONLY:
            return parameter.name
    return ""


# Gradients


def numeric_gradient(f, x, step=1e-5):
    """Estimate the gradient of ``f`` at ``x`` by central differences.

    Each entry is (f(x + step e) - f(x - step e)) / (2 step) with one entry
    moved at a time. The error is of order step**2 (truncation) plus
    1e-16 / step (rounding); 1e-5 balances the two in float64.

    Parameters: f, a function of one array that returns a scalar; x, an array
    of floats of any shape (it is not changed); step, in the units of x.
    Returns: a float64 array of the shape of x.
    Raises: ValueError if f returns something other than one number.
    """
    x = np.array(x, dtype=np.float64)  # a copy
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        middle = x[i]
        values = []
        for moved in (middle + step, middle - step):
            x[i] = moved
            value = np.asarray(f(x))
            if value.size != 1:
                raise ValueError(
                    f"f must return one number, not shape {value.shape}: "
                    "sum or average over the examples first"
                )
            values.append(float(value.reshape(())))
        x[i] = middle
        gradient[i] = (values[0] - values[1]) / (2 * step)
    return gradient


def gradient_error(f, x, gradient, step=1e-5):
    """Compare a gradient with finite differences.

    Parameters: f, x, step as for `numeric_gradient`; gradient, an array of
    the shape of x.
    Returns: the largest difference divided by the largest entry of either
    (a float without unit): about 1e-9 for a right gradient in float64, and
    1e-2 or more for a wrong one.
    Raises: ValueError if the shapes differ.
    """
    gradient = np.asarray(gradient)
    numeric = numeric_gradient(f, x, step)
    if gradient.shape != numeric.shape:
        raise ValueError(
            f"the gradient has shape {gradient.shape}, x has shape "
            f"{numeric.shape}: a gradient has one entry for each of x"
        )
    scale = max(np.abs(gradient).max(), np.abs(numeric).max(), 1e-12)
    return float(np.abs(gradient - numeric).max() / scale)
