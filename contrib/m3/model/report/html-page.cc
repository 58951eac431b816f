// SPDX-License-Identifier: GPL-2.0-only
#include "html-page.h"

#include "html-text.h"

namespace ns3::m3
{

namespace
{

constexpr const char* HEAD = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="m3 )html" M3_VERSION R"html(">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>)html";

constexpr const char* STYLE = R"html(</title>
<style>
:root { --page: #f6f5f2; --card: #ffffff; --ink: #1d2125; --soft: #5b636b; --rule: #dedcd6;
  --c0: #1d2125; --c1: #c2560a; --c2: #1563a8; --c3: #6a4fb3; }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #14171a; --card: #1d2125; --ink: #e9e7e2; --soft: #a2a9b0; --rule: #363c42;
    --c0: #e9e7e2; --c1: #f0a060; --c2: #6db5f5; --c3: #b7a2f2; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; }
main, .sections, footer { max-width: 1240px; margin: 0 auto; padding: 0 24px; }
main { padding-top: 28px; }
.sections ul { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0; padding: 16px 0 0; list-style: none; font-size: 14px; }
a { color: var(--c2); }
a:focus-visible { outline: 3px solid var(--c2); outline-offset: 3px; border-radius: 2px; }
h1 { margin: 0 0 8px; font-size: 32px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 44px 0 12px; scroll-margin-top: 12px; font-size: 21px; line-height: 1.3; }
h3 { margin: 0; font-size: 16px; }
p { margin: 0 0 12px; max-width: 76ch; }
.lead { font-size: 18px; }
.soft { color: var(--soft); }
.cards, .panels { display: grid; gap: 16px; }
.cards { grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); }
.panels { grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); margin-top: 16px; }
figure { margin: 0; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 16px 18px; min-width: 0; }
.engine { border-top: 4px solid var(--c); }
.engine .big { font-size: 30px; font-weight: 650; line-height: 1.2; margin: 8px 0 0; }
.engine p { margin: 0; }
.engine .what { margin-top: 8px; font-size: 14px; }
.bar { height: 6px; margin: 12px 0 4px; border-radius: 3px; background: var(--rule); }
.bar i { display: block; height: 100%; min-width: 3px; border-radius: 3px; background: var(--c); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 0 32px; margin: 0; }
dl div { display: flex; gap: 12px; padding: 6px 0; border-bottom: 1px solid var(--rule); }
dt { flex: 0 0 132px; color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
code { display: block; margin-top: 14px; font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0; padding: 0; list-style: none; }
.legend svg { width: 30px; height: 10px; margin-right: 8px; }
.panels svg { display: block; width: 100%; margin: 6px 0 10px; }
.panels header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; line-height: 1.35; }
th, td { padding: 5px 0 5px 6px; border-top: 1px solid var(--rule); text-align: right; vertical-align: top; font-weight: 400; white-space: nowrap; }
th:first-child { padding-left: 0; text-align: left; }
th span, td span { display: inline-block; min-width: 62px; color: var(--soft); }
thead th { border-top: 0; color: var(--soft); }
td small { display: block; color: var(--soft); font-size: 12px; }
tbody th::before { content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 7px; border-radius: 50%; background: var(--c); }
.notes { max-width: 84ch; margin: 0; padding-left: 20px; }
.notes li { margin-bottom: 6px; overflow-wrap: anywhere; }
footer { margin-top: 40px; padding-bottom: 56px; font-size: 14px; color: var(--soft); }
svg text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--soft); }
.grid { stroke: var(--rule); }
.p99 { stroke: var(--soft); stroke-dasharray: 2 3; }
.zero { stroke: var(--soft); }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.band { fill: var(--c); opacity: 0.18; }
.dot { fill: var(--c); stroke: var(--card); }
.stem { stroke: var(--c); opacity: 0.45; }
.whisker { stroke: var(--c); stroke-width: 6; opacity: 0.35; }
.sends { fill: var(--c2); opacity: 0.45; } .computes { fill: var(--c3); opacity: 0.75; } .critical { fill: var(--c1); }
.where h3, .heat h3 { margin-bottom: 8px; }
.where th { white-space: normal; }
.where th, .where td { padding-left: 12px; }
.where th:first-child { padding-left: 0; }
.where th small { display: block; color: var(--soft); font-size: 12px; }
.where tbody th::before { display: none; }
caption, figcaption { padding: 2px 0 4px; text-align: left; font-size: 14px; color: var(--soft); }
.heat svg { max-width: 460px; }
.heat .legend { font-size: 14px; } .heat .legend svg { display: inline-block; width: 30px; margin: 0 8px 0 0; }
.h0, .h1, .h2, .h3, .h4, .h5 { fill: var(--c1); }
.h0 { fill-opacity: 0.1; } .h1 { fill-opacity: 0.25; } .h2 { fill-opacity: 0.42; } .h3 { fill-opacity: 0.6; } .h4 { fill-opacity: 0.8; }
.frame { fill: none; stroke: var(--rule); }
.e0 { --c: var(--c0); } .e1 { --c: var(--c1); } .e2 { --c: var(--c2); } .e3 { --c: var(--c3); }
.e1 .line { stroke-dasharray: 7 3; } .e3 .line { stroke-dasharray: 2 3; }
.words th, .words td.word { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.words thead th { overflow-wrap: normal; } .words th.number { text-align: right; }
@media (max-width: 560px) { main, .sections, footer { padding-right: 14px; padding-left: 14px; } h1 { font-size: 26px; } .card { padding: 14px 12px; } dt { flex-basis: 112px; }
  .words { font-size: 12px; } .words tbody th { min-width: 84px; } .words td small { white-space: normal; } }
@media (min-width: 800px) { .panels > .card:has(th small):has(thead th:nth-child(4)) { grid-column: span 2; } }
@page { margin: 14mm 12mm; }
@media print {
  :root { --page: #ffffff; color-scheme: light; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 14px; }
  main, .sections, footer { max-width: none; padding: 0; }
  .sections { display: none; }
  h1, h2, h3, p, caption, figcaption, .legend { break-after: avoid; }
  .legend { break-inside: avoid; }
  section:has(> .panels) { break-before: page; } /* Chromium leaves the words above panels behind, on the page before */
  .panels { display: block; }
  .panels > .card { display: inline-block; width: 49%; margin: 0 0.5% 12px 0; vertical-align: top; }
  .card, svg, tr, li, p { break-inside: avoid; }
  /* tables as long as pages: cut between rows, below their picture */
  .panels > .card:has(.words) { display: block; width: auto; break-inside: auto; }
  .panels > .card:has(th small) { display: block; width: auto; }
  .panels > .card:has(.words) svg { max-width: 420px; }
}
</style>
</head>
<body>
)html";

/// The id of the heading of the section with an index.
std::string HeadingId(std::size_t index)
{
    return "section-" + std::to_string(index + 1);
}

} // namespace

void HtmlPage::BeginSection(const std::string& title)
{
    const std::string id = HeadingId(m_titles.size());
    *this << "<section aria-labelledby=\"" << id << "\">\n<h2 id=\"" << id << "\">" << HtmlText(title) << "</h2>\n";
    m_titles.push_back(title);
}

void HtmlPage::EndSection()
{
    *this << "</section>\n";
}

void HtmlPage::WriteScenario(const std::string& note,
                             const std::vector<std::pair<std::string, std::string>>& facts,
                             const std::string& command)
{
    BeginSection("Scenario");
    if (!note.empty())
    {
        *this << "<p>" << HtmlText(note) << "</p>\n";
    }
    *this << "<div class=\"card\">\n<dl>\n";
    for (const auto& [name, value] : facts)
    {
        *this << "<div><dt>" << HtmlText(name) << "</dt><dd>" << HtmlText(value) << "</dd></div>\n";
    }
    *this << "</dl>\n";
    if (!command.empty())
    {
        *this << "<code>" << HtmlText(command) << "</code>\n";
    }
    *this << "</div>\n";
    EndSection();
}

void HtmlPage::WriteTo(const std::string& title, std::ostream& out) const
{
    out << HEAD << HtmlText(title) << STYLE << "<nav class=\"sections\" aria-label=\"Sections\">\n<ul>\n";
    for (std::size_t i = 0; i < m_titles.size(); i++)
    {
        out << "<li><a href=\"#" << HeadingId(i) << "\">" << HtmlText(m_titles[i]) << "</a></li>\n";
    }
    out << "</ul>\n</nav>\n<main>\n"
        << str() << "</main>\n<footer>Made by m3 " << M3_VERSION << " for ns-3.</footer>\n</body>\n</html>\n";
}

} // namespace ns3::m3
