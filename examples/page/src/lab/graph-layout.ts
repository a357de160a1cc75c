/**
 * Where nodes and the labels of edges stand, in pixels of the width there is: inputs in one column and the rest to the
 * right of it where there is room, else below each other in a second column.
 */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface GraphLayout {
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Place>;
  /** The middle of the label of each edge, by `from>to`. */
  readonly labels: ReadonlyMap<string, Place>;
  readonly node: Size;
  readonly label: Size;
}

const sizes = {
  wide: { node: { width: 104, height: 58 }, label: { width: 132, height: 56 } },
  upright: { node: { width: 92, height: 58 }, label: { width: 120, height: 56 } },
};

export interface Size {
  readonly width: number;
  readonly height: number;
}

const rowHeight = 80;

/** `inputs`: ids of what enters z, in their order. */
export function layOut(width: number, inputs: readonly string[]): GraphLayout {
  const upright = width < 690;
  const { node: nodeSize, label: labelSize } = upright ? sizes.upright : sizes.wide;
  const left = nodeSize.width / 2;
  const right = width - nodeSize.width / 2;
  const top = rowHeight / 2;
  const columnHeight = inputs.length * rowHeight;
  const nodes = new Map<string, Place>(inputs.map((id, i) => [id, { x: left, y: top + i * rowHeight }]));
  const labels = new Map<string, Place>();
  const labelX = nodeSize.width + (upright ? 2 : 12) + labelSize.width / 2;
  if (upright) {
    const z = { x: right, y: Math.max(top + rowHeight, columnHeight / 2 - rowHeight / 2) };
    const bottom = Math.max(columnHeight + top, z.y + 3.4 * rowHeight);
    const a = { x: right, y: (z.y + bottom) / 2 };
    place({ z, a, L: { x: right, y: bottom }, y: { x: left, y: bottom } });
    const shift = width - labelSize.width / 2;
    label('z>a', { x: shift, y: (z.y + a.y) / 2 });
    label('a>L', { x: shift, y: (a.y + bottom) / 2 });
    label('y>L', { x: labelX, y: bottom });
  } else {
    const gap = (right - labelX - labelSize.width / 2 - 56 - nodeSize.width / 2) / 2;
    const middle = columnHeight / 2;
    const zx = right - 2 * gap;
    place({ z: { x: zx, y: middle }, a: { x: zx + gap, y: middle }, L: { x: right, y: middle } });
    nodes.set('y', { x: right, y: Math.min(columnHeight - top, middle + 2 * rowHeight) });
    const above = middle - nodeSize.height / 2 - labelSize.height / 2 - 8;
    label('z>a', { x: zx + gap / 2, y: above });
    label('a>L', { x: zx + 1.5 * gap, y: above });
    label('y>L', { x: width - labelSize.width / 2 + 8, y: (middle + nodes.get('y')!.y) / 2 });
  }
  for (const id of inputs) label(`${id}>z`, { x: labelX, y: nodes.get(id)!.y });
  return {
    height: Math.max(...[...nodes.values()].map(({ y }) => y)) + top,
    nodes,
    labels,
    node: nodeSize,
    label: labelSize,
  };

  function place(places: Readonly<Record<string, Place>>): void {
    for (const [id, at] of Object.entries(places)) nodes.set(id, at);
  }
  function label(edge: string, at: Place): void {
    labels.set(edge, at);
  }
}
