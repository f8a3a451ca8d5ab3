/* All trials: sorted by any column, filtered by a condition, a hundred rows at a
 * time. */

const TABLE_ROWS = 100;

/* The folds of a trial as ticks between the study's ends. */
function foldStrip(study, i, ends) {
    const width = 74;
    const x = linear(ends, [4, width - 4]);
    const values = study.foldValues(i).filter(isNumber);
    const title = values.map(v => number(v, 5)).join('  ');
    return svg('svg', {class: 'strip', width, height: 18, viewBox: `0 0 ${width} 18`, role: 'img', 'aria-label': `folds ${title}`},
        svg('title', {}, title), svg('line', {class: 'grid', x1: 2, x2: width - 2, y1: 9, y2: 9}),
        values.map(v => svg('line', {class: 'foldtick', x1: Math.min(Math.max(x(v), 2), width - 2), x2: Math.min(Math.max(x(v), 2), width - 2), y1: 4, y2: 14})));
}

function sparkline(study, i) {
    const curve = study.curves[i];
    if (curve === undefined) {
        return null;
    }
    const [width, height] = [74, 18];
    const y = linear(padded(extent(curve.mean), 0.1), [height, 0]);
    const x = linear([0, Math.max(curve.mean.length - 1, 1)], [2, width - 2]);
    const places = curve.mean.map((v, k) => (isNumber(v) ? `${x(k).toFixed(1)} ${y(v).toFixed(1)}` : null)).filter(p => p !== null);
    return svg('svg', {class: 'strip', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img',
        'aria-label': `loss from ${number(curve.mean[0], 3)} to ${number(curve.mean[curve.mean.length - 1], 3)}`},
    places.length > 0 ? svg('path', {class: 'spark', d: 'M' + places.join('L')}) : null);
}

function tableColumns(study) {
    const t = study.trials;
    const values = t.fold === undefined ? [] : t.fold.flat().filter(isNumber).sort((a, b) => a - b);
    const ends = values.length === 0 ? [0, 1] : padded(study.maximize ? [quantile(values, 0.25), quantile(values, 1)] : [quantile(values, 0), quantile(values, 0.75)], 0.02);
    const hasCurves = Object.keys(study.curves).length > 0;
    return [
        {name: 'trial', key: i => i, right: true, cell: i => el('button', {type: 'button', class: 'link', onclick: () => showTrial(study, i)}, String(i))},
        {name: 'state', key: i => STATE_NAMES[t.state[i]], cell: i => el('span', {class: `state ${STATE_NAMES[t.state[i]]}`}, STATE_NAMES[t.state[i]])},
        {name: study.metric, key: i => t.value[i], right: true, cell: i => (isNumber(t.value[i]) ? number(t.value[i], 6) : '')},
        ...(study.folds > 1 ? [{name: '±', label: 'standard error', key: i => t.sem[i], right: true, cell: i => (isNumber(t.sem[i]) ? number(t.sem[i], 2) : '')},
            {name: 'folds', key: i => t.value[i], cell: i => foldStrip(study, i, ends)}] : []),
        ...(hasCurves ? [{name: 'curve', key: i => (study.curves[i] === undefined ? null : study.curves[i].mean.at(-1)), cell: i => sparkline(study, i)}] : []),
        ...study.varied.map(p => ({name: p.name, right: p.type !== 'choice',
            key: i => (p.type === 'choice' && isNumber(t.x[p.index][i]) ? p.choices[t.x[p.index][i]] : t.x[p.index][i]), cell: i => p.show(t.x[p.index][i])})),
        ...(study.folds > 1 ? range(study.folds).map(f => ({name: `fold ${f}`, isFold: true, key: i => t.fold[f][i], right: true,
            cell: i => (isNumber(t.fold[f][i]) ? number(t.fold[f][i], 6) : '')})) : []),
        {name: 'work', key: i => t.seconds[i], right: true, cell: i => (isNumber(t.seconds[i]) ? duration(t.seconds[i]) : '')},
        {name: 'proposed by', key: i => t.parts[t.part[i]], cell: i => t.parts[t.part[i]]},
    ];
}

/* Missing values are last, whichever way it is sorted. */
function compareKeys(a, b, down) {
    const [noA, noB] = [a === null || a === undefined, b === null || b === undefined];
    if (noA || noB) {
        return noA - noB;
    }
    const order = typeof a === 'string' ? a.localeCompare(b) : a - b;
    return down ? -order : order;
}

class TrialTable {
    constructor(study) {
        this.study = study;
        this.columns = tableColumns(study);
        this.sorted = -1; /* by rank, then what has none by value */
        this.down = false;
        this.page = 0;
        this.withFolds = false;
        this.condition = () => true;
        this.head = el('tr', {});
        this.body = el('tbody', {});
        this.said = el('p', {class: 'muted', role: 'status'});
        this.pager = el('div', {class: 'tabs'});
        study.onBrush.push(() => { this.page = 0; this.update(); });
        this.update();
    }

    rows() {
        const {study} = this;
        const column = this.columns[this.sorted] || {key: i => this.place(i)};
        const keys = new Map();
        const list = study.numbers.filter(i => (study.brushed === null || study.brushed.has(i)) && this.condition(i));
        list.forEach(i => keys.set(i, column.key(i)));
        return list.sort((a, b) => compareKeys(keys.get(a), keys.get(b), this.down) || a - b);
    }

    /* Complete trials, then pruned ones, then those without a value. */
    place(i) {
        const {study} = this;
        const rank = study.rank.get(i);
        const value = study.trials.value[i];
        const by = isNumber(value) ? Math.atan(study.maximize ? -value : value) : 2;
        return rank !== undefined ? rank : study.trials.count + (study.isComplete(i) ? 0 : study.hasValue(i) ? 10 : 20) + by;
    }

    headCell(column, c) {
        const isSorted = c === this.sorted;
        const button = el('button', {type: 'button', title: column.label || `Sort by ${column.name}`, onclick: () => {
            this.down = isSorted ? !this.down : false;
            this.sorted = c;
            this.page = 0;
            this.update();
            this.head.children[[...this.shown()].indexOf(column)].firstChild.focus();
        }}, cut(column.name, 24), isSorted ? (this.down ? ' ↓' : ' ↑') : '');
        return el('th', {scope: 'col', class: column.right ? 'right' : null,
            'aria-sort': isSorted ? (this.down ? 'descending' : 'ascending') : 'none'}, button);
    }

    shown() {
        return this.columns.filter(column => this.withFolds || !column.isFold);
    }

    update() {
        const list = this.rows();
        const from = this.page * TABLE_ROWS;
        const columns = this.shown();
        this.head.replaceChildren(...columns.map(column => this.headCell(column, this.columns.indexOf(column))));
        this.body.replaceChildren(...list.slice(from, from + TABLE_ROWS).map(i => el('tr', {class: i === this.study.bestNumber ? 'bestrow' : null},
            columns.map(column => el('td', {class: column.right ? 'right' : null}, column.cell(i))))));
        this.said.textContent = `${plural(list.length, 'trial')} of ${this.study.trials.count.toLocaleString('en')}`
            + (this.study.brushed === null ? '' : ', within the ranges brushed on the parallel axes')
            + (list.length > TABLE_ROWS ? `; ${from + 1} to ${Math.min(from + TABLE_ROWS, list.length)} are shown` : '');
        this.turn(list.length);
    }

    turn(count) {
        const last = Math.max(Math.ceil(count / TABLE_ROWS) - 1, 0);
        const go = (text, page) => el('button', {type: 'button', disabled: page < 0 || page > last,
            onclick: () => { this.page = page; this.update(); }}, text);
        this.pager.replaceChildren(...(last === 0 ? [] : [go('‹ Previous', this.page - 1), go('Next ›', this.page + 1)]));
    }
}

function tableSection(study) {
    const table = new TrialTable(study);
    const wrong = el('span', {class: 'wrong', role: 'alert'});
    const example = study.varied.find(p => p.type !== 'choice');
    const field = el('input', {type: 'search', 'aria-label': 'Condition', spellcheck: 'false', autocomplete: 'off',
        placeholder: `state = complete${example === undefined ? '' : ` and ${example.name} < ${number(example.high, 3)}`}`, oninput: () => {
            try {
                table.condition = compileQuery(study, field.value);
                wrong.textContent = '';
                table.page = 0;
                table.update();
            } catch (error) {
                wrong.textContent = error.message;
            }
        }});
    const folds = el('input', {type: 'checkbox', onchange: () => { table.withFolds = folds.checked; table.update(); }});
    return [
        el('div', {class: 'row filter'}, el('label', {class: 'grow'}, 'Show where ', field),
            study.folds > 1 ? el('label', {}, folds, ' numbers of the folds') : null),
        wrong, table.said,
        el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of the trials'},
            el('table', {class: 'trials'}, el('thead', {}, table.head), table.body)),
        table.pager,
    ];
}
