"""How the HTML looks, on a screen and on paper: inline, as the file stands alone."""

STYLE = """
:root{--ink:#1b1f24;--soft:#57606a;--rule:#8c959f;--pale:#d8dee4;--wash:#f6f8fa;--blue:#0b5a8a}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:60rem;padding:2.5rem 1.5rem 4rem;color:var(--ink);background:#fff;
  font:1rem/1.6 "Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Helvetica Neue",Arial,sans-serif;
  font-variant-numeric:tabular-nums}
a{color:var(--blue)}
h1{font-size:1.85rem;line-height:1.25;margin:0 0 .5rem;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.3;margin:3rem 0 .75rem;padding-top:.75rem;border-top:2px solid var(--ink)}
h3{font-size:1.1rem;margin:2rem 0 .5rem}
h2 .n,h3 .n{color:var(--soft);font-weight:400;margin-right:.6em}
p{margin:.6rem 0;max-width:46rem}
.quiet{font-size:.85rem;color:var(--soft)}
.kind{color:var(--soft);margin:0 0 .35rem;letter-spacing:.02em}
dl.front{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:1.25rem 0;font-size:.92rem}
dl.front dt{color:var(--soft)}
dl.front dd{margin:0;overflow-wrap:anywhere}
.warning{border:2px solid var(--ink);padding:.6rem .9rem;margin:1rem 0;font-weight:700;max-width:none}
.synopsis{border:1px solid var(--rule);border-top:4px solid var(--blue);background:var(--wash);
  padding:.9rem 1.25rem 1.1rem;margin:1rem 0 1.5rem}
.synopsis p{font-size:1.1rem;font-weight:600;max-width:none;margin:.2rem 0 .8rem}
.synopsis dl{display:grid;grid-template-columns:minmax(9rem,15rem) 1fr;gap:.35rem 1.25rem;margin:0}
.synopsis dt{color:var(--soft)}
.synopsis dd{margin:0;white-space:pre-line}
nav{margin:2rem 0;font-size:.95rem}
nav h2{border:0;padding:0;margin:2rem 0 .5rem;font-size:1.15rem}
nav ol{list-style:none;margin:0;padding:0}
nav li{margin:.2rem 0}
nav a{display:grid;grid-template-columns:4.2rem 1fr;text-decoration:none;color:inherit}
nav a:hover span:last-child,nav a:focus span:last-child{text-decoration:underline;color:var(--blue)}
nav .named a{grid-template-columns:5.2rem 1fr}
nav li.in a{padding-left:1.2rem}
.scroll{overflow-x:auto;margin:1.5rem 0 .4rem}
.scroll:focus-visible{outline:2px solid var(--blue);outline-offset:3px}
table{border-collapse:collapse;width:100%;font-size:.88rem;line-height:1.4;border-bottom:1.5px solid var(--ink)}
caption{text-align:left;font-weight:700;font-size:.95rem;padding:0 0 .45rem}
caption span{display:block;position:sticky;left:0;max-width:min(57rem,calc(100vw - 2rem))}
thead tr:first-child>*{border-top:1.5px solid var(--ink)}
thead tr:last-child>*{border-bottom:1px solid var(--ink)}
th,td{padding:.28rem .55rem;text-align:left;vertical-align:top}
thead th{vertical-align:bottom;font-weight:700;white-space:pre-line}
thead th.span{text-align:center;border-bottom:1px solid var(--rule)}
tbody th{font-weight:400;min-width:7.5rem}
.code{overflow-wrap:anywhere;min-width:14rem;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em}
thead .num{min-width:3.6em}
.num{text-align:right;white-space:nowrap}
thead .num{white-space:pre-line}
tr.group th{font-weight:700;padding-top:.6rem}
tr.strong>*{font-weight:700}
tr.in1>:first-child{padding-left:1.7rem}
tr.in2>:first-child{padding-left:2.8rem}
.below{font-size:.82rem;color:var(--soft);margin:0 0 1.75rem}
.below p{max-width:none;margin:.15rem 0}
.source{overflow-wrap:anywhere}
figure{margin:1.75rem 0 0}
figure>div{overflow-x:auto}
figure svg{display:block;width:100%;height:auto;margin:0 auto}
figcaption{font-weight:700;font-size:.95rem;margin:.5rem 0 .3rem}
.mark{position:fixed;inset:0;display:grid;place-items:center;pointer-events:none;z-index:9;overflow:hidden}
.mark span{font-size:min(15vw,11rem);font-weight:700;color:#000;opacity:.07;transform:rotate(-35deg);white-space:nowrap}
@media (max-width:40rem){
  body{padding:1.5rem 1rem 3rem}
  h1{font-size:1.45rem}
  dl.front,.synopsis dl{grid-template-columns:1fr;gap:0}
  dl.front dd,.synopsis dd{margin-bottom:.5rem}
  table{font-size:.82rem}
  th,td{padding:.25rem .4rem}
}
@media print{
  @page{size:A4;margin:18mm 16mm}
  body{max-width:none;padding:0;font-size:9.5pt}
  a{color:inherit;text-decoration:none}
  h2,h3,caption,figcaption{break-after:avoid}
  figure,.synopsis{break-inside:avoid}
  thead{display:table-header-group}
  tr{break-inside:avoid}
  .scroll,figure>div{overflow:visible}
  table{font-size:8pt}
  figure svg{min-width:0!important}
}
"""
