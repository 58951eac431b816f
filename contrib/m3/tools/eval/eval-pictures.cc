// SPDX-License-Identifier: GPL-2.0-only
#include "eval-pictures.h"

#include "eval-tables.h"

#include "report/report-rows.h"
#include "report/run-gnuplot.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace ns3::m3::eval
{

namespace
{

/// Returns the colour of an engine, the same in every plot.
std::string ColourOf(const std::string& engine)
{
    constexpr std::pair<const char*, const char*> COLOURS[] = {{"packet", "#222222"},
                                                               {"flowsim", "#d95f02"},
                                                               {"m3", "#1b6ca8"},
                                                               {"m3-paths", "#66a8d9"},
                                                               {"m3-network", "#0b3c5d"},
                                                               {"published", "#7570b3"},
                                                               {"rerun", "#999999"}};
    for (const auto& [name, colour] : COLOURS)
    {
        if (engine == name)
        {
            return colour;
        }
    }
    return "#2a8f5b";
}

/// A title that gnuplot takes as it is.
std::string PlainTitle(const std::string& text)
{
    return GnuplotText(text) + " noenhanced";
}

/// "" with one group, ", dctcp" with more.
std::string GroupText(const EvalAnswers& all, const std::string& group)
{
    return all.Groups().size() > 1 ? ", " + group : "";
}

std::string GroupName(const EvalAnswers& all, const std::string& name, const std::string& group)
{
    return all.Groups().size() > 1 ? name + "-" + group : name;
}

/// Data of steps from 0 to 1, and the command that draws them, of the errors of a row.
void AddDistribution(const EvalAnswers& all, const std::string& group, std::size_t row, std::ostream& script)
{
    const std::string block = "$errors" + std::to_string(row) + "_";
    std::string plot;
    for (std::size_t e = 1; e < all.engines.size(); e++)
    {
        std::vector<double> errors;
        for (const double error : ErrorsOf(all, group, e, row, TAIL))
        {
            if (!std::isnan(error))
            {
                errors.push_back(100 * std::abs(error));
            }
        }
        if (errors.empty())
        {
            continue;
        }
        std::sort(errors.begin(), errors.end());
        script << block << e << " << EOD\n0 0\n";
        for (std::size_t i = 0; i < errors.size(); i++)
        {
            script << errors[i] << ' ' << static_cast<double>(i + 1) / static_cast<double>(errors.size()) << '\n';
        }
        script << "EOD\n";
        plot += (plot.empty() ? "" : ", ") + block + std::to_string(e) + " using 1:2 with steps lw 2 lc rgb '" +
                ColourOf(all.engines[e].name) + "' title " + PlainTitle(all.engines[e].name);
    }
    if (!plot.empty())
    {
        script << "plot " << plot << '\n';
    }
}

/// The legend of lines in a cell of its own of a multiplot, after panels without.
std::string LegendPanel(const std::vector<std::string>& titles)
{
    std::string script = "set title ''\nset key center center font ',11'\nunset border\nunset tics\nunset xlabel\n"
                         "unset ylabel\nunset logscale\nset xrange [0:1]\nset yrange [0:1]\nplot ";
    for (std::size_t i = 0; i < titles.size(); i++)
    {
        script += (i ? ", NaN" : "NaN") + std::string(" with lines lw 3 lc rgb '") + ColourOf(titles[i]) + "' title " +
                  PlainTitle(titles[i]);
    }
    return script + '\n';
}

} // namespace

EvalPicture ErrorDistribution(const EvalAnswers& all, const std::string& group)
{
    std::ostringstream script;
    script
        << "set xlabel '|error| of p99, %'\nset ylabel 'share of scenarios'\nset xrange [0:*<100]\nset yrange [0:1]\n"
        << "set key bottom right\n";
    AddDistribution(all, group, AllFlows(all), script);
    return {GroupName(all, "errors", group),
            "Share of scenarios in which the p99 of all flows has at most this error" + GroupText(all, group) +
                "; errors above 100 % are not shown.",
            script.str()};
}

EvalPicture ClassDistributions(const EvalAnswers& all, const std::string& group)
{
    std::ostringstream script;
    script << "set multiplot layout 2,2\nset xlabel '|error| of p99, %'\nset ylabel 'share of scenarios'\n"
           << "set xrange [0:100]\nset yrange [0:1]\nset key bottom right\n";
    const std::vector<EvalAnswer::Row>& rows = all.Find(all.Complete().front(), 0)->rows;
    for (std::size_t row = 0; row < AllFlows(all); row++)
    {
        script << "set title " << GnuplotText(rows[row].name) << '\n';
        AddDistribution(all, group, row, script);
    }
    script << "unset multiplot\n";
    return {GroupName(all, "classes", group),
            "Share of scenarios with at most this error by size class" + GroupText(all, group) + ".",
            script.str(),
            900,
            640};
}

EvalPicture ErrorAgainst(const EvalAnswers& all, const std::string& group, const std::string& fact, const char* label)
{
    std::ostringstream script;
    std::string plot;
    for (std::size_t e = 1; e < all.engines.size(); e++)
    {
        script << "$engine" << e << " << EOD\n";
        for (const std::size_t c : all.Complete(group))
        {
            script << all.cases[c].facts.at(fact) << ' ' << 100 * ErrorOf(all, c, e, AllFlows(all), TAIL) << '\n';
        }
        script << "EOD\n";
        plot += (plot.empty() ? "$engine" : ", $engine") + std::to_string(e) + " using 1:2 with points pt 7 ps 0.8 " +
                "lc rgb '" + ColourOf(all.engines[e].name) + "' title " + PlainTitle(all.engines[e].name);
    }
    script << "set xlabel '" << label
           << "'\nset ylabel 'error of p99, %'\nset yrange [*:*<150]\nset xzeroaxis lt 1 lc rgb '#555555'\n"
           << "set key outside right\nplot " << plot << '\n';
    return {GroupName(all, "over-" + fact, group),
            "Errors of the p99 of all flows over the " + std::string(label) + GroupText(all, group) +
                "; errors above 150 % are not shown.",
            script.str()};
}

EvalPicture
OursAgainstPublished(const EvalAnswers& all, const std::string& group, std::size_t engine, const std::string& fact)
{
    const std::string& name = all.engines[engine].name;
    std::ostringstream script;
    script << "$errors << EOD\n";
    for (const std::size_t c : all.Complete(group))
    {
        script << 100 * all.cases[c].facts.at(fact).get<double>() << ' '
               << 100 * ErrorOf(all, c, engine, AllFlows(all), TAIL) << '\n';
    }
    script << "EOD\nset xlabel 'published error of p99 at 10 M flows, %'\nset ylabel 'error here, %'\n"
           << "set key bottom right\nplot $errors using 1:2 with points pt 7 ps 0.8 lc rgb '" << ColourOf(name)
           << "' title " << PlainTitle(name) << ", x with lines lc rgb '#999999' title 'equal'\n";
    return {GroupName(all, name + "-against-published", group),
            "Errors of the p99 of all flows by " + name + " against the published errors for the same scenarios.",
            script.str(),
            520,
            420};
}

EvalPicture TimeBars(const EvalAnswers& all, const std::string& group)
{
    std::ostringstream script;
    script << "$times << EOD\n";
    const std::vector<std::size_t> cases = all.Complete(group);
    for (std::size_t e = 0; e < all.engines.size(); e++)
    {
        double seconds = 0;
        for (const std::size_t c : cases)
        {
            seconds += all.Find(c, e)->seconds;
        }
        script << e << " \"" << all.engines[e].name << "\" " << seconds / static_cast<double>(cases.size()) << ' '
               << "0x" << ColourOf(all.engines[e].name).substr(1) << '\n';
    }
    script << "EOD\nset logscale y\nset ylabel 'elapsed time of a scenario, s'\nset boxwidth 0.6\n"
           << "set style fill solid\nunset key\nset xtics noenhanced\n"
           << "plot $times using 1:3:4:xtic(2) with boxes lc rgb variable\n";
    return {GroupName(all, "times", group),
            "Mean elapsed time of a scenario" + GroupText(all, group) + ".",
            script.str()};
}

EvalPicture SlowdownCurves(const EvalAnswers& all, std::size_t oneCase, const std::string& name)
{
    std::ostringstream script;
    script << "set multiplot layout 2,3\nset logscale xy\nset yrange [0.001:1]\nset xlabel 'slowdown'\n"
           << "set ylabel 'share of flows above'\nunset key\n";
    const std::vector<EvalAnswer::Row>& rows = all.Find(oneCase, 0)->rows;
    for (std::size_t row = 0; row < rows.size(); row++)
    {
        std::string plot;
        for (std::size_t e = 0; e < all.engines.size(); e++)
        {
            const EvalAnswer* answer = all.Find(oneCase, e);
            if (!answer || answer->rows[row].flows == 0 || std::isnan(answer->rows[row].At(TAIL)))
            {
                continue;
            }
            script << "$row" << row << '_' << e << " << EOD\n";
            for (std::size_t i = 0; i < WrittenQuantiles().size(); i++)
            {
                script << answer->rows[row].quantiles[i] << ' ' << 1 - WrittenQuantiles()[i] << '\n';
            }
            script << "EOD\n";
            plot += (plot.empty() ? "$row" : ", $row") + std::to_string(row) + "_" + std::to_string(e) +
                    " using 1:2 with lines lw 2 lc rgb '" + ColourOf(all.engines[e].name) + "' title " +
                    PlainTitle(all.engines[e].name);
        }
        if (!plot.empty())
        {
            script << "set title " << GnuplotText(rows[row].name + (row + 1 == rows.size() ? " flows" : ""))
                   << "\nplot " << plot << '\n';
        }
    }
    std::vector<std::string> titles;
    for (const EvalEngine& engine : all.engines)
    {
        titles.push_back(engine.name);
    }
    script << LegendPanel(titles) << "unset multiplot\n";
    return {name, "Slowdowns by size class: " + all.cases[oneCase].name + ".", script.str(), 1000, 620};
}

EvalPicture LinePanels(const std::string& name,
                       const std::string& caption,
                       const std::string& xLabel,
                       const std::vector<EvalPanel>& panels)
{
    constexpr uint32_t ACROSS = 3;
    const uint32_t rows = static_cast<uint32_t>(panels.size()) / ACROSS + 1; // with the legend
    std::ostringstream script;
    script << "set multiplot layout " << rows << ',' << ACROSS << "\nset xlabel '" << xLabel
           << "'\nset offsets graph 0.05, graph 0.05, graph 0.1, graph 0.1\nunset key\n";
    for (std::size_t p = 0; p < panels.size(); p++)
    {
        std::string plot;
        for (std::size_t l = 0; l < panels[p].lines.size(); l++)
        {
            const EvalLine& line = panels[p].lines[l];
            script << "$panel" << p << '_' << l << " << EOD\n";
            for (const auto& [x, y] : line.points)
            {
                script << x << ' ' << y << '\n';
            }
            script << "EOD\n";
            plot += (plot.empty() ? "$panel" : ", $panel") + std::to_string(p) + "_" + std::to_string(l) +
                    " using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb '" + ColourOf(line.title) + "' title " +
                    PlainTitle(line.title);
        }
        script << "set title " << GnuplotText(panels[p].title) << "\nplot " << plot << '\n';
    }
    std::vector<std::string> titles;
    for (const EvalLine& line : panels.front().lines)
    {
        titles.push_back(line.title);
    }
    script << LegendPanel(titles) << "unset multiplot\n";
    return {name, caption, script.str(), 1000, 320 * rows};
}

void AddErrorPictures(const EvalAnswers& all, EvalResult& result)
{
    for (const std::string& group : all.Groups())
    {
        result.pictures.push_back(ErrorDistribution(all, group));
        result.pictures.push_back(ErrorAgainst(all, group, "load", "load"));
        result.pictures.push_back(ClassDistributions(all, group));
        result.pictures.push_back(TimeBars(all, group));
    }
}

} // namespace ns3::m3::eval
