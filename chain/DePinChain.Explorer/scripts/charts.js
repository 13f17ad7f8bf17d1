// Charts by Apache ECharts out of the tables that stand below them: what is drawn is what can be read and downloaded there. Without this
// script the table, or the server's own drawing, is what one sees.
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, HeatmapChart, GridComponent, TooltipComponent, LegendComponent, VisualMapComponent, DataZoomComponent,
  AriaComponent, CanvasRenderer]);

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const numberOf = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));

/** The chart's own table: the first column is the axis, each other one a series. */
function readTable(figure) {
  const table = figure.querySelector("table");
  const [, ...names] = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows].map(({ cells }) => [...cells]);
  return {
    labels: rows.map(([first]) => first.textContent),
    places: rows.map(([first]) => numberOf(first)),
    series: names.map((name, i) => ({ name, data: rows.map((cells) => numberOf(cells[i + 1])) })),
  };
}

const axis = () => ({
  axisLabel: { color: colour("--muted") },
  axisLine: { lineStyle: { color: colour("--line-strong") } },
  splitLine: { lineStyle: { color: colour("--line") } },
});

const tooltip = () => ({
  backgroundColor: colour("--surface"), borderColor: colour("--line-strong"), textStyle: { color: colour("--text") }, confine: true,
});

const palette = () => [colour("--column"), colour("--warn"), colour("--focus"), colour("--bad"), colour("--good"), colour("--tag")];

function lines(figure, { labels, places, series }) {
  const isLinear = figure.dataset.axis === "value";
  const isArea = figure.dataset.chart === "area";
  const isColumn = figure.dataset.chart === "columns";
  const isStacked = figure.dataset.stack === "true";
  return {
    tooltip: { ...tooltip(), trigger: "axis" },
    legend: series.length > 1 ? { textStyle: { color: colour("--text") }, bottom: 0, type: "scroll" } : undefined,
    grid: { left: 8, right: 16, top: 16, bottom: series.length > 1 ? 34 : 8, containLabel: true },
    xAxis: isLinear
      ? { type: "value", min: "dataMin", max: "dataMax", ...axis() }
      : { type: "category", data: labels, boundaryGap: isColumn, ...axis() },
    yAxis: { type: "value", scale: figure.dataset.scale === "true", ...axis() },
    dataZoom: [{ type: "inside" }],
    series: series.map(({ name, data }) => ({
      name, data: isLinear ? data.map((value, i) => [places[i], value]).filter(([, value]) => value !== null) : data,
      type: isColumn ? "bar" : "line", showSymbol: false, stack: isStacked ? "all" : undefined,
      areaStyle: isArea ? { opacity: .25 } : undefined, lineStyle: { width: 2 },
    })),
  };
}

/** Rows against columns: each cell of the table is a square. */
function heat(figure, { labels, series }) {
  const points = series.flatMap(({ data }, x) => data.map((value, y) => [x, y, value])).filter(([, , value]) => value !== null);
  const most = Math.max(1, ...points.map(([, , value]) => value));
  return {
    tooltip: {
      ...tooltip(),
      formatter: ({ value: [x, y, value] }) => {
        const line = document.createElement("span");
        line.textContent = `${labels[y]} → ${series[x].name}: ${value}`;
        return line;
      },
    },
    grid: { left: 8, right: 16, top: 16, bottom: 44, containLabel: true },
    xAxis: { type: "category", data: series.map(({ name }) => name), ...axis() },
    yAxis: { type: "category", data: labels, inverse: true, ...axis() },
    visualMap: {
      min: 0, max: most, orient: "horizontal", left: "center", bottom: 0, itemHeight: 120, itemWidth: 12, calculable: true,
      inRange: { color: [colour("--sunken"), colour("--column")] }, textStyle: { color: colour("--text") },
    },
    series: [{ type: "heatmap", data: points, itemStyle: { borderColor: colour("--surface"), borderWidth: 1 } }],
  };
}

// A heat map is as high as it has rows.
const heightOf = (figure) => (figure.dataset.chart === "heat" ? Math.min(640, 90 + 26 * figure.querySelector("tbody").rows.length) : 240);

function draw(figure) {
  const place = figure.querySelector(".drawing");
  figure.classList.add("drawn"); // before, so that there is a width to draw into
  figure.querySelector("details").open = false;
  const chart = init(place, null, { height: heightOf(figure) });
  const paint = () => {
    const table = readTable(figure);
    chart.setOption({
      color: palette(),
      animation: false,
      ...(figure.dataset.chart === "heat" ? heat : lines)(figure, table),
    }, true);
  };
  paint();
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}

for (const figure of document.querySelectorAll("figure[data-chart]")) if (figure.querySelector(".drawing")) draw(figure);
