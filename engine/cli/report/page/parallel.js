/* Parallel coordinates: a line a trial through its parameters and its value. A range
 * brushed on an axis lets only the trials through that lie in it, here and in the
 * table. */

const LINES = 400;
const AXES = 12;      /* at most, the value's included */
const AXIS_WIDTH = 68; /* pixels that one needs */
const AXIS_STEP = 0.05;

class Parallel {
    constructor(study) {
        this.study = study;
        this.all = [...importanceOrder(study).slice(0, AXES - 1).map(p => this.paramAxis(study.params[p])).reverse(), this.valueAxis()];
        this.axes = this.all;
        this.brushes = new Map(); /* axis -> [low, high] from 0 to 1 */
        this.chart = new Chart('Parallel coordinates of the trials', w => (w < 500 ? 300 : 360), chart => this.draw(chart));
        this.said = el('p', {class: 'muted', role: 'status'});
        this.tell();
    }

    paramAxis(param) {
        const x = this.study.trials.x[param.index];
        const scale = param.log && param.low > 0 ? logarithmic(param.range, [0, 1]) : linear(param.range, [0, 1]);
        return {name: param.name, at: i => (isNumber(x[i]) ? param.unit(x[i]) : null),
            ticks: param.type === 'choice' ? param.choices.map((text, k) => [param.unit(k), text]).filter((_, k, list) => list.length <= 12 || k % Math.ceil(list.length / 12) === 0)
                : param.high > param.low ? scale.ticks(5).map(tick => [scale(tick), number(tick, 3)]) : []};
    }

    valueAxis() {
        const scale = valueScale(this.study, false, this.study.maximize ? [0, 1] : [1, 0]);
        const value = this.study.trials.value;
        return {name: this.study.metric, isValue: true, at: i => (isNumber(value[i]) ? Math.min(Math.max(scale(value[i]), 0), 1) : null),
            ticks: scale.ticks(6).map(tick => [scale(tick), number(tick)])};
    }

    passes(i) {
        for (const [axis, [low, high]] of this.brushes) {
            const at = axis.at(i);
            if (at === null || at < low || at > high) {
                return false;
            }
        }
        return true;
    }

    tell() {
        const {study} = this;
        const all = study.numbers.filter(i => study.hasValue(i));
        const through = all.filter(i => this.passes(i));
        this.through = through;
        this.said.textContent = this.brushes.size === 0 ? `${plural(all.length, 'trial')}; drag along an axis to brush, or move to it and use the arrow keys.`
            : `${plural(through.length, 'trial')} of ${all.length.toLocaleString('en')} within the brushed ranges.`;
        study.brushed = this.brushes.size === 0 ? null : new Set(study.numbers.filter(i => this.passes(i)));
        study.onBrush.forEach(act => act());
    }

    brush(axis, range) {
        if (range === null) {
            this.brushes.delete(axis);
        } else {
            this.brushes.set(axis, range);
        }
        this.tell();
        this.chart.update(true);
        if (this.focused !== undefined) {
            const again = this.chart.root.querySelectorAll('.brushable')[this.focused];
            if (again) {
                again.focus({preventScroll: true});
            }
        }
    }

    clear() {
        this.brushes.clear();
        this.tell();
        this.chart.update(true);
    }

    draw(chart) {
        const {study} = this;
        /* Where there is no room for all, the most important ones and what is brushed. */
        const most = Math.max(Math.floor(chart.width / AXIS_WIDTH), 4);
        this.axes = this.all.filter((axis, k) => k >= this.all.length - most || this.brushes.has(axis));
        const top = 40;
        const bottom = chart.inner - 16;
        const left = 34;
        const right = chart.width - 56;
        const x = k => left + (right - left) * k / Math.max(this.axes.length - 1, 1);
        const y = unit => bottom - unit * (bottom - top);
        const shown = thinned(this.through, LINES, i => study.rank.get(i) < LINES / 3);
        shown.sort((a, b) => study.goodness(study.trials.value[a]) - study.goodness(study.trials.value[b]));
        for (const i of shown) {
            const good = study.goodness(study.trials.value[i]);
            const places = this.axes.map((axis, k) => [x(k), axis.at(i)]);
            let pen = 'M';
            const d = places.map(([px, unit]) => {
                const piece = unit === null ? '' : `${pen}${px.toFixed(1)} ${y(unit).toFixed(1)}`;
                pen = unit === null ? 'M' : 'L';
                return piece;
            }).join('');
            chart.add('path', {class: i === study.bestNumber ? 'thread bestthread' : 'thread', d, stroke: colour(good), opacity: (0.22 + 0.7 * good).toFixed(2)});
        }
        this.axes.forEach((axis, k) => this.drawAxis(chart, axis, k, x(k), y, top, bottom, (right - left) / Math.max(this.axes.length - 1, 1)));
    }

    drawAxis(chart, axis, k, x, y, top, bottom, gap) {
        chart.add('line', {class: 'axis', x1: x, x2: x, y1: top, y2: bottom});
        const most = Math.max(3, Math.floor((axis.isValue ? 56 : gap - 6) / 6.2));
        axis.ticks.filter(tick => tick[0] >= -0.001 && tick[0] <= 1.001).forEach(([unit, text]) =>
            chart.text(x + 4, y(unit) + 4, cut(text, most), {class: 'tick halo'}));
        const anchor = k === 0 ? 'start' : k === this.axes.length - 1 ? 'end' : 'middle';
        chart.text(k === 0 ? 4 : anchor === 'end' ? chart.width - 4 : x, k % 2 === 0 ? 12 : 28,
            cut(axis.name, Math.max(4, Math.floor((anchor === 'middle' ? 2 : 1.3) * gap / 6.6) - 1)), {class: 'name', 'text-anchor': anchor});
        this.drawBrush(chart, axis, k, x, y, top, bottom);
    }

    drawBrush(chart, axis, k, x, y, top, bottom) {
        const now = this.brushes.get(axis);
        if (now !== undefined) {
            chart.add('rect', {class: 'brush', x: x - 8, width: 16, y: y(now[1]), height: Math.max(y(now[0]) - y(now[1]), 2)});
        }
        const area = chart.add('rect', {class: 'brushable', x: x - 14, width: 28, y: top - 4, height: bottom - top + 8, tabindex: 0, role: 'slider',
            'aria-label': `range of ${axis.name}`, 'aria-valuemin': 0, 'aria-valuemax': 1,
            'aria-valuenow': now === undefined ? 0 : now[0].toFixed(2), 'aria-valuetext': now === undefined ? 'all' : `${percent(now[0])} to ${percent(now[1])}`});
        area.addEventListener('pointerdown', event => this.drag(event, axis, y, top, bottom));
        area.addEventListener('focus', () => { this.focused = k; });
        area.addEventListener('keydown', event => this.key(event, axis));
    }

    drag(event, axis, y, top, bottom) {
        const box = this.chart.root.getBoundingClientRect();
        const unit = e => Math.min(Math.max((bottom - (e.clientY - box.top) * this.chart.inner / box.height) / (bottom - top), 0), 1);
        const from = unit(event);
        const up = e => {
            window.removeEventListener('pointerup', up);
            const to = unit(e);
            this.brush(axis, Math.abs(to - from) < 0.02 ? null : [Math.min(from, to), Math.max(from, to)]);
        };
        window.addEventListener('pointerup', up);
        event.preventDefault();
    }

    key(event, axis) {
        const [low, high] = this.brushes.get(axis) || [0, 1];
        const isAll = !this.brushes.has(axis);
        const move = {ArrowUp: [AXIS_STEP, AXIS_STEP], ArrowDown: [-AXIS_STEP, -AXIS_STEP]}[event.key];
        if (event.key === 'Escape') {
            this.brush(axis, null);
        } else if (move !== undefined && (event.shiftKey || isAll)) {
            /* Shift, or the first press, narrows from one end. */
            this.brush(axis, event.key === 'ArrowUp' ? [Math.min(low + AXIS_STEP, high), high] : [low, Math.max(high - AXIS_STEP, low)]);
        } else if (move !== undefined) {
            const by = Math.min(Math.max(move[0], -low), 1 - high);
            this.brush(axis, [low + by, high + by]);
        } else {
            return;
        }
        event.preventDefault();
    }
}

function parallelSection(study) {
    const parallel = new Parallel(study);
    return [
        el('div', {class: 'row'}, el('button', {type: 'button', onclick: () => parallel.clear()}, 'Clear the brushes')),
        parallel.chart.box, parallel.said,
        el('p', {class: 'muted'}, 'Brighter lines are better trials. ',
            study.varied.length >= AXES ? `The ${AXES - 1} most important of ${study.varied.length} parameters are shown, fewer on a narrow screen. ` : '',
            study.trials.count > LINES ? `At most ${LINES} lines are drawn, the best among them; brushing looks at all trials.` : ''),
    ];
}
