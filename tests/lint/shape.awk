# The shape of C files: prints "file:line: what is wrong". Bytes are counted, so
# run it with LC_ALL=C; a character of UTF-8 has one byte that is not 10xxxxxx.
# With -v code=FILE the bare code is left there as "file:line:code".

function wrong(what) {
    printf "%s:%d: %s\n", FILENAME, FNR, what
}

# The line without comments, and with empty texts and character constants, so
# that what is left is code. A comment may go on over lines.
function code_of(line,    out, at) {
    out = ""
    while (line != "") {
        at = in_comment ? index(line, "*/") : match(line, /["']|\/\*/)
        if (at == 0) {
            return in_comment ? out : out line
        }
        if (in_comment) {
            in_comment = 0
            line = substr(line, at + 2)
            continue
        }
        out = out substr(line, 1, at - 1)
        line = substr(line, at)
        if (line ~ /^\/\*/) {
            in_comment = 1
            line = substr(line, 3)
        } else if (match(line, /^"([^"\\]|\\.)*"/) || match(line, /^'([^'\\]|\\.)+'/)) {
            out = out "\"\""
            line = substr(line, RLENGTH + 1)
        } else {
            return out line
        }
    }
    return out
}

FNR == 1 {
    in_comment = 0
    start = 0
    in_body = 0
}

{
    text = $0
    columns = gsub(/[\001-\177\300-\377]/, "", text)
    if (columns > 100) {
        wrong(columns " columns; 100 are allowed")
    }
    bare = code_of($0)
    if (code != "") {
        print FILENAME ":" FNR ":" bare >> code
    }
}

/\t/ { wrong("a tab") }
/\r/ { wrong("a carriage return") }
/[ ]$/ { wrong("a space at the end") }
bare ~ /\/\// { wrong("a // comment") }
/(^|[^A-Za-z])(TODO|FIXME)([^A-Za-z]|$)/ { wrong("something left to do") }
bare ~ /^typedef (struct|enum|union)[^(]*$/ { wrong("a typedef that hides what a type is") }

# A function: from the line in the first column that opens its parameter list to
# the } in the first column.
!in_body && bare ~ /^[A-Za-z_].*\(/ { start = FNR }
!in_body && bare ~ /;[ ]*$/ { start = 0 }
!in_body && start > 0 && bare ~ /\{[ ]*$/ { in_body = 1 }
in_body && bare ~ /^\}/ {
    if (FNR - start + 1 > 80) {
        wrong("a function of " (FNR - start + 1) " lines; 80 are allowed")
    }
    in_body = 0
    start = 0
}
