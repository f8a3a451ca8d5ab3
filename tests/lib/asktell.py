"""libhone from Python with the standard library alone: asktell.py LIBRARY ROUNDS"""
import ctypes as c
import sys
import time


class Err(c.Structure):
    _fields_ = [("code", c.c_int), ("text", c.c_char * 2048)]


class Options(c.Structure):
    _fields_ = [("study", c.c_char_p), ("database", c.c_char_p), ("maximize", c.c_int),
                ("method", c.c_char_p), ("trials", c.c_uint64), ("seed", c.c_uint64),
                ("timeout_seconds", c.c_double), ("workers", c.c_size_t),
                ("parallel", c.c_uint64), ("search", c.POINTER(c.c_char_p)),
                ("reserved", c.c_void_p * 8)]


hone = c.CDLL(sys.argv[1])
rounds = int(sys.argv[2])
hone.hone_params_new.restype = c.c_void_p
hone.hone_params_float.argtypes = [c.c_void_p, c.c_char_p, c.c_double, c.c_double, c.c_int]
hone.hone_params_float.restype = None
hone.hone_params_free.argtypes = [c.c_void_p]
hone.hone_point_values.argtypes = [c.c_void_p]
hone.hone_point_values.restype = c.POINTER(c.c_double)
hone.hone_search_open.argtypes = [c.c_void_p, c.POINTER(Options), c.POINTER(c.c_void_p),
                                  c.POINTER(Err)]
hone.hone_search_ask.argtypes = [c.c_void_p, c.POINTER(c.c_void_p), c.POINTER(Err)]
hone.hone_search_tell.argtypes = [c.c_void_p, c.c_void_p, c.c_double, c.POINTER(Err)]
hone.hone_search_best.argtypes = [c.c_void_p, c.POINTER(c.c_double), c.POINTER(c.c_double),
                                  c.POINTER(c.c_uint64), c.POINTER(Err)]
hone.hone_search_close.argtypes = [c.c_void_p]
function = c.CFUNCTYPE(c.c_double, c.c_void_p, c.c_void_p)
hone.hone_minimize.argtypes = [c.c_void_p, function, c.c_void_p, c.POINTER(Options),
                               c.POINTER(c.c_double), c.POINTER(c.c_double), c.POINTER(Err)]

err = Err()


def check(code):
    if code != 0:
        raise RuntimeError(err.text.decode())


def bowl(values):
    return values[0] ** 2 + values[1] ** 2


params = hone.hone_params_new()
for name in (b"x", b"y"):
    hone.hone_params_float(params, name, -5, 10, 0)

# A function of Python's, from threads of the library's.
x, value = (c.c_double * 2)(), c.c_double()
called = function(lambda point, data: bowl(hone.hone_point_values(point)))
check(hone.hone_minimize(params, called, None, Options(trials=40, workers=2), x, value, err))
assert value.value == bowl(x) < 0.5, (value.value, list(x))

# What is wrong comes as text.
search = c.c_void_p()
assert hone.hone_search_open(params, Options(method=b"tpee"), search, err) != 0
assert b"did you mean 'tpe'?" in err.text, err.text

# Ask and tell, timed.
check(hone.hone_search_open(params, Options(method=b"random", trials=rounds), search, err))
point, told, best = c.c_void_p(), 0, float("inf")
began = time.perf_counter()
while True:
    check(hone.hone_search_ask(search, point, err))
    if not point:
        break
    loss = bowl(hone.hone_point_values(point))
    check(hone.hone_search_tell(search, point, loss, err))
    best = min(best, loss)
    told += 1
seconds = time.perf_counter() - began
check(hone.hone_search_best(search, x, value, None, err))
assert told == rounds and value.value == best == bowl(x), (told, value.value, best)
hone.hone_search_close(search)
hone.hone_params_free(params)
print(round(rounds / seconds))
