// Small multiples of horizontal bars, two a row, on a card of its own: readable on a light and on a dark page.
const width = 960, margin = 24, gap = 32, head = 64, lineHeight = 22, labelWidth = 176, valueWidth = 64;
const panelWidth = (width - 2 * margin - gap) / 2;
const colors = {
  "salon": "#0b63ce", "salon-kestrel": "#7fb0ea", "node-ws": "#5a8f3d", "node-uws": "#a3c585", "signalr": "#8256a8", "floor": "#9aa4ae",
};

// panels: [{ title, unit, digits, bars: [{ server, label, value }] }]
export function drawChart(panels) {
  const drawn = panels.filter(({ bars }) => bars.length > 0);
  const rows = Math.ceil(drawn.length / 2);
  const panelHeight = head + lineHeight * Math.max(0, ...drawn.map(({ bars }) => bars.length));
  const height = 72 + rows * panelHeight + margin;

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" fill="#1f2933">
<title>What a delivery costs each server</title>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#cbd2d9"/>
<text x="${margin}" y="38" font-size="20" font-weight="600">What a delivery costs each server</text>
<text x="${margin}" y="60" fill="#52606d">One core, the same clients; shorter is better. “floor” makes one system call for each delivery and does hardly anything else.</text>
${drawn.map((panel, index) => drawPanel(panel, margin + (index % 2) * (panelWidth + gap), 72 + (index >> 1) * panelHeight)).join("\n")}
</svg>
`;
}

function drawPanel({ title, unit, digits, bars }, x, y) {
  const scale = (panelWidth - labelWidth - valueWidth) / Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const lines = bars.map(({ server, label, value }, index) => {
    const top = y + head - 14 + index * lineHeight;
    const length = Math.max(1, value * scale);
    const weight = server === "salon" ? ' font-weight="600"' : "";
    return `<text x="${x + labelWidth - 10}" y="${top + 13}" text-anchor="end"${weight}>${label}</text>` +
      `<rect x="${x + labelWidth}" y="${top + 1}" width="${length.toFixed(1)}" height="${lineHeight - 6}" rx="2" fill="${colors[server]}"/>` +
      `<text x="${(x + labelWidth + length + 6).toFixed(1)}" y="${top + 13}"${weight}>${value.toFixed(digits)}</text>`;
  });

  return `<text x="${x}" y="${y + 32}" font-size="15" font-weight="600">${title}<tspan dx="8" font-size="13" font-weight="400" fill="#52606d">${unit}</tspan></text>\n${lines.join("\n")}`;
}
