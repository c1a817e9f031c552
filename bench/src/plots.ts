// Results as SVG.
import * as echarts from 'echarts'
import type { Comparison } from './comparison.ts'

const SIZE = { width: 760, height: 400 }
const TITLE = { left: 'center', textStyle: { fontSize: 15 } } as const

/** A bar for each target of one group, user and system time stacked. */
export function barPlot({ rows }: Comparison, title: string): string {
  const shown = [...rows].reverse()
  const part = (name: string, data: number[]) => ({ name, data, type: 'bar' as const, stack: 'time' })
  return svg({
    title: { ...TITLE, text: title },
    legend: { bottom: 0 },
    grid: { left: 170, right: 30, bottom: 60 },
    xAxis: { type: 'value', name: 'µs', nameLocation: 'end' },
    yAxis: { type: 'category', data: shown.map(({ target }) => target) },
    series: [
      part(
        'user',
        shown.map(({ user }) => rounded(user)),
      ),
      part(
        'system',
        shown.map(({ system }) => rounded(system)),
      ),
    ],
  })
}

/** The ratio of each group's other targets to its first. */
export function ratioPlot(comparisons: readonly Comparison[], title: string): string {
  const shown = [...comparisons].reverse()
  const names = [...new Set(shown.flatMap(({ rows }) => rows.slice(1).map(({ target }) => seriesName(target))))]
  return svg(
    {
      title: { ...TITLE, text: title },
      legend: { bottom: 0 },
      grid: { left: 200, right: 30, bottom: 60 },
      xAxis: { type: 'value', min: 0 },
      yAxis: { type: 'category', data: shown.map(({ label }) => String(label)) },
      series: names.map(name => ({
        name,
        type: 'bar',
        markLine: { silent: true, symbol: 'none', label: { show: false }, data: [{ xAxis: 1 }] },
        data: shown.map(({ rows }) => {
          const row = rows.slice(1).find(({ target }) => seriesName(target) === name)
          return row === undefined ? null : rounded(row.ratio.median)
        }),
      })),
    },
    SIZE.height + 12 * comparisons.length,
  )
}

/** Total time of each target over the number that labels the groups; both axes logarithmic. */
export function growthPlot(comparisons: readonly Comparison[], title: string, axis: string): string {
  const names = [...new Set(comparisons.flatMap(({ rows }) => rows.map(({ target }) => target)))]
  return svg({
    title: { ...TITLE, text: title },
    legend: { bottom: 0 },
    grid: { left: 70, right: 40, bottom: 80 },
    xAxis: {
      type: 'category',
      name: axis,
      nameLocation: 'middle',
      nameGap: 28,
      data: comparisons.map(({ label }) => label),
    },
    yAxis: { type: 'value', name: 'µs', min: 0 },
    series: names.map(name => ({
      name,
      type: 'line',
      data: comparisons.map(({ rows }) => {
        const row = rows.find(({ target }) => target === name)
        return row === undefined ? null : rounded(row.total)
      }),
    })),
  })
}

/** Adapted frameworks share a series. */
function seriesName(target: string): string {
  return target.replace(/^\w+ on kirin$/, 'through the adapter, on kirin')
}

function svg(option: echarts.EChartsOption, height: number = SIZE.height): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: SIZE.width, height })
  chart.setOption({ animation: false, backgroundColor: '#ffffff', ...option })
  const text = chart.renderToSVGString()
  chart.dispose()
  return `${text}\n`
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
