/* Conditions on trials, as in `hone trials --where`: lr < 0.01 and state = complete.
 * A word alone is looked for in everything that a row shows. */

const TOKEN = /\s*(?:(<=|>=|!=|<>|==|[<>=()])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s<>=!()"']+))/y;

function tokens(text) {
    const found = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
        const at = TOKEN.lastIndex;
        const match = TOKEN.exec(text);
        if (match === null) {
            throw new Error(`'${text.slice(at).trim()}' cannot be read`);
        }
        const quoted = match[2] ?? match[3];
        if (match[1] !== undefined) {
            found.push({sign: match[1]});
        } else {
            found.push({word: quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : match[4], quoted: quoted !== undefined});
        }
    }
    return found;
}

/* What a name stands for: a function from the number of a trial to its value. */
function column(study, name) {
    const t = study.trials;
    const param = study.params.find(p => p.name === name);
    if (param !== undefined) {
        const x = t.x[param.index];
        return param.type === 'choice' ? i => (isNumber(x[i]) ? param.choices[x[i]] : null) : i => x[i];
    }
    return {
        number: i => i, trial: i => i, state: i => STATE_NAMES[t.state[i]], value: i => t.value[i],
        stderr: i => t.sem[i], seconds: i => t.seconds[i], part: i => t.parts[t.part[i]],
        rank: i => (study.rank.has(i) ? study.rank.get(i) + 1 : null),
    }[name];
}

const COMPARE = {
    '=': (a, b) => a === b, '==': (a, b) => a === b, '!=': (a, b) => a !== b, '<>': (a, b) => a !== b,
    '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b,
};

function comparison(study, name, sign, word) {
    const get = column(study, name);
    if (get === undefined) {
        throw new Error(`there is no column '${name}'`);
    }
    if (word === undefined || word.sign !== undefined) {
        throw new Error(`a value is missing after '${name} ${sign}'`);
    }
    const compare = COMPARE[sign];
    const asNumber = Number(word.word);
    return i => {
        const value = get(i);
        if (!isNumber(value)) {
            return value !== null && value !== undefined && compare(String(value), word.word);
        }
        return !Number.isNaN(asNumber) && compare(value, asNumber);
    };
}

function rowText(study, i) {
    return [i, STATE_NAMES[study.trials.state[i]], study.trials.parts[study.trials.part[i]],
        ...paramLines(study, i).flat()].join(' ').toLowerCase();
}

/* The condition as a function of a trial's number. Throws an Error that says what is
 * wrong. */
function compileQuery(study, text) {
    const list = tokens(text);
    let at = 0;
    const isWord = word => list[at] !== undefined && !list[at].quoted && list[at].word !== undefined && list[at].word.toLowerCase() === word;
    const term = () => {
        const token = list[at];
        if (token === undefined) {
            throw new Error('it ends too early');
        }
        if (isWord('not')) {
            at++;
            const inner = term();
            return i => !inner(i);
        }
        at++;
        if (token.sign === '(') {
            const inner = either();
            if (list[at] === undefined || list[at].sign !== ')') {
                throw new Error("a ')' is missing");
            }
            at++;
            return inner;
        }
        if (token.sign !== undefined) {
            throw new Error(`'${token.sign}' cannot stand here`);
        }
        const sign = list[at] === undefined ? undefined : list[at].sign;
        if (COMPARE[sign] !== undefined) {
            at += 2;
            return comparison(study, token.word, sign, list[at - 1]);
        }
        const word = token.word.toLowerCase();
        return i => rowText(study, i).includes(word);
    };
    const both = () => {
        const parts = [term()];
        while (at < list.length && !isWord('or') && list[at].sign !== ')') {
            if (isWord('and')) {
                at++;
            }
            parts.push(term());
        }
        return parts.length === 1 ? parts[0] : i => parts.every(part => part(i));
    };
    const either = () => {
        const parts = [both()];
        while (isWord('or')) {
            at++;
            parts.push(both());
        }
        return parts.length === 1 ? parts[0] : i => parts.some(part => part(i));
    };
    if (list.length === 0) {
        return () => true;
    }
    const whole = either();
    if (at < list.length) {
        throw new Error("there is a ')' too many");
    }
    return whole;
}
