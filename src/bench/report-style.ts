/** The style of a report of the bench: colours of kernels and phases, two columns on a wide screen. */
import { baseStyle } from '../report/style.ts';

export const style = `${baseStyle}
:root { --fused: #2563a8; --portable: #8a5a00; --limit: #c2306b; --start: #6a51a3; --upload: #1b7f79; --first: #c08a1e; }
@media (prefers-color-scheme: dark) {
  :root { --fused: #74aef0; --portable: #e0b05c; --limit: #f07ca8; --start: #a894dc; --upload: #52bdb5; --first: #e3b85a; }
}
main { max-width: 1360px; }
@media (min-width: 1300px) { .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
th:nth-child(2), td:nth-child(2), th:last-child, td:last-child { text-align: left; }
`;
