/* Values in the order of the trials or of time, with the best so far. */

const HISTORY_POINTS = 4000;

class History {
    constructor(study) {
        this.study = study;
        this.byTime = false;
        this.all = false;
        this.chart = new Chart(`${study.metric} of every trial and the best so far`, w => (w < 500 ? 260 : 340),
            chart => this.draw(chart));
    }

    position(i) {
        return this.byTime ? (this.study.timeOf(i) - this.study.firstStart) / 1000 : i;
    }

    frame(chart, y) {
        const texts = y.map(tick => number(tick));
        return {left: roomFor(texts), right: chart.width - 12, top: 24, bottom: chart.inner - 44};
    }

    draw(chart) {
        const {study} = this;
        const first = valueScale(study, this.all, [chart.inner - 44, 24]);
        const frame = this.frame(chart, first.ticks(7));
        const x = linear(padded([0, this.byTime ? (study.lastFinish - study.firstStart) / 1000 : study.trials.count - 1], 0.02),
            [frame.left, frame.right]);
        chart.axes(frame, x, first, {x: this.byTime ? 'time since the first trial began' : 'trial', y: study.metric,
            xShow: this.byTime ? duration : number, xTicks: x.ticks(Math.max(2, chart.width / 130)).filter(t => t >= 0 && (this.byTime || Number.isInteger(t)))});
        this.points(chart, frame, x, first);
        this.best(chart, frame, x, first);
    }

    /* Values beyond the range stand at its edge. */
    points(chart, frame, x, y) {
        const {study} = this;
        const shown = thinned(study.numbers.filter(i => study.hasValue(i) || study.trials.state[i] === 'f'), HISTORY_POINTS,
            i => study.rank.get(i) < 400);
        const groups = {complete: [], pruned: [], failed: [], beyond: []};
        for (const i of shown) {
            const inside = Math.min(Math.max(y(study.trials.value[i]), frame.top), frame.bottom);
            const failed = study.trials.state[i] === 'f';
            const at = [x(this.position(i)), failed ? frame.bottom - 3 : inside];
            const isBeyond = !failed && Math.abs(inside - y(study.trials.value[i])) > 0.5;
            groups[failed ? 'failed' : isBeyond ? 'beyond' : STATE_NAMES[study.trials.state[i]]].push(at);
            chart.addTrial(study, i, at[0], at[1]);
        }
        const size = shown.length > 1500 ? 3 : shown.length > 300 ? 4.5 : 6;
        chart.dots(groups.pruned, 'pruned', size);
        chart.dots(groups.complete, 'complete', size);
        chart.dots(groups.failed, 'failed', 5);
        groups.beyond.forEach(([px, py]) => chart.add('path', {class: 'beyond',
            d: py > frame.top + 4 ? `M${px - 3} ${py - 5}h6l-3 5z` : `M${px - 3} ${py + 5}h6l-3 -5z`}));
    }

    best(chart, frame, x, y) {
        const {study} = this;
        const order = this.byTime ? [...study.numbers].sort((a, b) => study.timeOf(a) - study.timeOf(b)) : study.numbers;
        const steps = [];
        let best = null;
        for (const i of order) {
            const value = study.trials.value[i];
            if (study.isComplete(i) && (best === null || isBetter(study, value, best))) {
                const at = [x(this.position(i)), Math.min(Math.max(y(value), frame.top), frame.bottom)];
                if (steps.length > 0) {
                    steps.push([at[0], steps[steps.length - 1][1]]);
                }
                steps.push(at);
                best = value;
            }
        }
        if (steps.length > 0) {
            const last = steps[steps.length - 1];
            chart.line([...steps, [frame.right, last[1]]], 'bestline');
            chart.add('circle', {class: 'ring', cx: last[0], cy: last[1], r: 6});
        }
    }
}

/* Buttons of which one is chosen: [[label, what it does], …]. */
function choice(label, entries) {
    const buttons = entries.map(([text, act]) => el('button', {type: 'button', 'aria-pressed': 'false', onclick: event => {
        buttons.forEach(button => button.setAttribute('aria-pressed', button === event.currentTarget));
        act();
    }}, text));
    buttons[0].setAttribute('aria-pressed', 'true');
    return el('div', {class: 'tabs', role: 'group', 'aria-label': label}, buttons);
}

function historySection(study) {
    const history = new History(study);
    const redraw = change => () => { change(); history.chart.update(true); };
    return [
        el('div', {class: 'row'},
            choice('Across', [['By trial', redraw(() => { history.byTime = false; })], ['By time', redraw(() => { history.byTime = true; })]]),
            choice('Range', [['Better values', redraw(() => { history.all = false; })], ['All values', redraw(() => { history.all = true; })]])),
        history.chart.box,
        legend([['complete', 'complete'], ...(study.counts.p > 0 ? [['pruned', 'pruned']] : []),
            ...(study.counts.f > 0 ? [['failed', 'failed']] : []), ['bestline', 'best so far'], ['beyond', 'beyond the range shown']]),
        study.numbers.length > HISTORY_POINTS ? el('p', {class: 'muted'}, `${plural(HISTORY_POINTS, 'point')} of `
            + `${study.trials.count.toLocaleString('en')} are drawn: the best 400, the others evenly thinned. The line and its steps are exact.`) : null,
    ];
}
