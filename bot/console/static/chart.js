// Draws the table of numbers that stands beside it; whoever has no script, prints or listens has the table.
(() => {
  'use strict';
  const WAYS = {
    '%': (value) => `${Math.round(value * 100)}%`,
    '分': (value) => value.toFixed(1),
    '等待': (value) => (value < 120 ? tr('{n} 分', { n: Math.round(value) }) : tr('{n} 小时', { n: Math.round(value / 6) / 10 })),
    '分钟': (value) => (Math.abs(value) < 120 ? tr('{n} 分', { n: Math.round(value) }) : tr('{n} 小时', { n: Math.round(value / 60) })),
    '元': (value) => tr('{n} 元', { n: value.toLocaleString(document.documentElement.lang) }),
    '次': (value) => value.toLocaleString(document.documentElement.lang),
  };
  const COLOURS = ['#2f9e63', '#e8a33d', '#c2453f', '#4a7fb5', '#8a63b0'];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const read = (table) => {
    const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
    const rows = [...table.tBodies[0].rows];
    const value = (cell) => (cell.dataset.value === '' ? null : Number(cell.dataset.value));
    return {
      labels: rows.map((row) => row.cells[0].textContent),
      series: names.map((name, at) => ({ name, values: rows.map((row) => value(row.cells[at + 1])) })),
    };
  };

  const options = (table, { labels, series }) => {
    const say = WAYS[table.dataset.unit];
    const kind = table.dataset.chart;
    const ranks = kind === 'ranking';
    const text = { color: colour('--soft'), fontFamily: 'inherit' };
    const names = { type: 'category', data: labels, inverse: ranks, axisLabel: { ...text, hideOverlap: !ranks }, axisLine: { lineStyle: { color: colour('--line') } } };
    const values = {
      type: 'value', max: table.dataset.unit === '%' ? 1 : null, axisLabel: { ...text, formatter: say, hideOverlap: true },
      splitLine: { lineStyle: { color: colour('--line') } }, minInterval: table.dataset.unit === '次' ? 1 : 0,
    };
    return {
      animation: false,
      aria: { enabled: true },
      color: COLOURS,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 16, right: ranks ? 64 : 24, top: series.length > 1 ? 36 : 16, bottom: 8, containLabel: true },
      legend: series.length > 1 ? { top: 0, itemGap: 24, textStyle: text } : undefined,
      tooltip: {
        trigger: 'axis', renderMode: 'richText', confine: true,
        valueFormatter: (value) => (value === null || value === undefined ? tr('没有数据') : say(value)),
      },
      xAxis: ranks ? values : names,
      yAxis: ranks ? names : values,
      series: series.map(({ name, values: data }) => ({
        name, data,
        type: kind === 'line' ? 'line' : 'bar',
        stack: kind === 'whole' ? 'whole' : undefined,
        barMaxWidth: 36, symbolSize: 8, lineStyle: { width: 3 },
        label: { show: series.length === 1 && labels.length <= 12, position: ranks ? 'right' : 'top', color: colour('--ink'), formatter: ({ value }) => (typeof value === 'number' ? say(value) : '') },
      })),
    };
  };

  for (const place of document.querySelectorAll('[data-chart-of]')) {
    const table = document.getElementById(place.dataset.chartOf);
    const found = read(table);
    if (table.dataset.chart === 'ranking') place.classList.add('chart-tall');
    const chart = echarts.init(place, null, { renderer: 'svg' });
    const draw = () => chart.setOption(options(table, found), true);
    draw();
    window.addEventListener('resize', () => chart.resize());
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
  }
})();
