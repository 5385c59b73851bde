import { encode } from 'uqr'
import classes from './account.module.css'

type QrCodeProps = { readonly content: string; readonly label: string }

/** Renders a text as a QR code. Black on white in dark mode too, because scanners expect it. */
export function QrCode({ content, label }: QrCodeProps) {
  // Quiet zone of four modules: ISO/IEC 18004 §5.3.8.
  const { data, size } = encode(content, { ecc: 'M', border: 4 })
  const squares = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  )
  return (
    <svg
      role="img"
      aria-label={label}
      className={classes.qr}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={squares.join('')} fill="#000" />
    </svg>
  )
}
