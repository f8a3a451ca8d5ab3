/* A study as the program wrote it, made ready to be drawn. */

const STATE_NAMES = {w: 'waiting', r: 'running', c: 'complete', p: 'pruned', f: 'failed'};

/* A parameter knows its place on its axis, 0 to 1, and how to show a value. */
function prepareParam(param, index) {
    param.index = index;
    if (param.type === 'choice') {
        param.unit = x => (x + 0.5) / param.choices.length;
        param.show = x => (isNumber(x) ? param.choices[x] : '');
        param.range = [-0.5, param.choices.length - 0.5];
        return;
    }
    const [low, high] = [param.low, param.high];
    param.show = x => (isNumber(x) ? number(x, 5) : '');
    param.range = [low, high];
    if (high <= low) {
        param.unit = () => 0.5;
    } else if (param.log) {
        param.unit = x => Math.log(x / low) / Math.log(high / low);
    } else {
        param.unit = x => (x - low) / (high - low);
    }
}

/* An axis of pixels for a parameter. */
function paramScale(param, pixels) {
    if (param.log && param.low > 0) {
        return logarithmic(param.range, pixels);
    }
    const [low, high] = param.range;
    const scale = linear(high > low ? [low, high] : [low - 1, high + 1], pixels);
    if (param.type === 'choice') {
        scale.ticks = () => range(param.choices.length);
    }
    return scale;
}

/* Whether a is a better value than b. */
function isBetter(study, a, b) {
    return study.maximize ? a > b : a < b;
}

function prepareBestSoFar(study) {
    let best = null;
    study.bestSoFar = study.numbers.map(i => {
        if (study.isComplete(i) && (best === null || isBetter(study, study.trials.value[i], best))) {
            best = study.trials.value[i];
        }
        return best;
    });
}

/* 1 for the best value, 0 for the median and worse: what matters is among the better. */
function prepareGoodness(study) {
    const values = study.numbers.filter(i => study.hasValue(i)).map(i => study.trials.value[i]);
    values.sort((a, b) => (study.maximize ? b - a : a - b));
    if (values.length === 0) {
        study.goodness = () => 0;
        return;
    }
    const best = values[0];
    const poor = quantile(values, 0.75);
    study.sortedValues = values;
    study.goodness = value => (poor === best ? 1 : Math.min(Math.max((poor - value) / (poor - best), 0), 1));
}

function prepareStudy(study, report) {
    const t = study.trials;
    study.params.forEach(prepareParam);
    study.varied = study.params.filter(param => !param.constant);
    study.numbers = range(t.count);
    study.isComplete = i => t.state[i] === 'c';
    study.hasValue = i => (t.state[i] === 'c' || t.state[i] === 'p') && isNumber(t.value[i]);
    study.counts = {w: 0, r: 0, c: 0, p: 0, f: 0};
    study.numbers.forEach(i => { study.counts[t.state[i]]++; });
    study.rank = new Map(study.ties.number.map((n, r) => [n, r]));
    study.bestNumber = study.best === null ? null : study.best.number;
    study.foldValues = i => (t.fold === undefined ? [] : t.fold.map(values => values[i]));
    study.timeOf = i => (isNumber(t.finish[i]) ? t.finish[i] : t.start[i]);
    study.firstStart = extent(t.start)[0];
    study.lastFinish = extent(t.finish)[1];
    study.workSeconds = t.seconds.reduce((sum, s) => sum + (isNumber(s) ? s : 0), 0);
    prepareBestSoFar(study);
    prepareGoodness(study);
    study.brushed = null; /* numbers that the parallel axes let through; null: all */
    study.onBrush = [];
    study.inDatabase = report.database === 'hone.db' ? '' : ` --db ${shellWord(report.database)}`; /* behind a command */
    study.direction = study.maximize ? 'maximized' : 'minimized';
    return study;
}

/* The parameters of a trial, one line each. */
function paramLines(study, i) {
    return study.params.filter(param => isNumber(study.trials.x[param.index][i]))
        .map(param => [param.name, param.show(study.trials.x[param.index][i])]);
}

/* An axis for values that shows the better ones: all, or the best 85 %. Values of
 * very different size stand on a logarithmic one. */
function valueScale(study, all, pixels) {
    const values = study.sortedValues || [];
    if (values.length === 0) {
        return linear([0, 1], pixels);
    }
    const end = all || values.length < 8 ? values[values.length - 1] : quantile(values, 0.85);
    const [low, high] = [Math.min(values[0], end), Math.max(values[0], end)];
    return low > 0 && high / low > 40 ? logarithmic([low / 1.3, high * 1.3], pixels)
        : linear(padded([low, high], 0.06), pixels);
}
