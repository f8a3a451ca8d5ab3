# Completion of hone for bash; the program itself knows what may come next.
_hone() {
    local line=${COMP_LINE:0:COMP_POINT}
    local -a words
    local current cut
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    mapfile -t COMPREPLY < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
    # bash has cut the word at = and :, and replaces what stands behind.
    current=${words[-1]}
    cut=${current%"${current##*[=:]}"}
    COMPREPLY=("${COMPREPLY[@]#"$cut"}")
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -o default -F _hone hone
