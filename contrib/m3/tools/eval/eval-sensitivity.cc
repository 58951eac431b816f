// SPDX-License-Identifier: GPL-2.0-only
#include "eval-list.h"
#include "eval-pictures.h"
#include "eval-rivals.h"
#include "eval-suites.h"
#include "eval-tables.h"
#include "published-figures.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace ns3::m3::eval
{

namespace
{

constexpr const char* DCTCP = "dctcp"; // the control of the list

struct Options
{
    std::string list;
    std::string mode = "standard";
    std::string controls = "dctcp";
    uint32_t scenarios = 0;
    uint64_t count = 1'000'000;
    uint64_t seed = 1;
};

std::vector<EvalCase> CasesOf(const Options& options)
{
    const SensitivityList list{options.list, ParseEngineMode(options.mode), options.count, options.seed};
    std::vector<EvalCase> cases;
    for (const std::string& control : SplitList(options.controls))
    {
        std::vector<EvalCase> spread = Spread(ReadSensitivityList(list, ParseCongestionControl(control)));
        if (spread.size() < options.scenarios || spread.empty())
        {
            throw InputError(options.list, 0, "", "has only " + std::to_string(spread.size()) + " scenarios");
        }
        spread.resize(options.scenarios == 0 ? spread.size() : options.scenarios);
        cases.insert(cases.end(), spread.begin(), spread.end());
    }
    if (cases.empty())
    {
        throw InputError("--cc names no congestion control");
    }
    return cases;
}

/// Mean absolute errors of the p99 of all flows over subsets of the scenarios, a column per engine.
ReportTable PartsTable(const EvalAnswers& all)
{
    ReportTable table{"parts",
                      "Mean absolute error of the p99 of all flows over subsets of the scenarios.",
                      {{"group"}, {"part"}, {"value"}, {"scenarios", CellStyle::NUMBER}},
                      {}};
    AddErrorColumns(all, CellStyle::PERCENT, table);
    for (const Rival& rival : RIVALS)
    {
        table.columns.push_back({rival.fact, CellStyle::PERCENT, 1});
    }
    for (const std::string& group : all.Groups())
    {
        for (const char* fact : {"matrix", "sizes", "oversubscription", "sigma", "pfc"})
        {
            std::map<std::string, std::vector<std::size_t>> parts;
            for (const std::size_t c : all.Complete(group))
            {
                const Json& value = all.cases[c].facts.at(fact);
                parts[value.is_string() ? value.get<std::string>() : value.dump()].push_back(c);
            }
            for (const auto& [value, cases] : parts)
            {
                table.rows.push_back({group, fact, value, cases.size()});
                for (std::size_t e = 1; e < all.engines.size(); e++)
                {
                    std::vector<double> errors;
                    for (const std::size_t c : cases)
                    {
                        errors.push_back(ErrorOf(all, c, e, AllFlows(all), TAIL));
                    }
                    table.rows.back().emplace_back(ErrorSummary(errors).mean);
                }
                for (const Rival& rival : RIVALS)
                {
                    std::vector<double> errors; // with DCTCP
                    for (const std::size_t c : cases)
                    {
                        errors.push_back(all.cases[c].facts.at(rival.fact));
                    }
                    table.rows.back().push_back(group == DCTCP ? ErrorSummary(errors).mean : ReportCell());
                }
            }
        }
    }
    return table;
}

/// Targets of m3, where the engines that they compare have run.
class Bars
{
  public:
    explicit Bars(const EvalAnswers& all)
        : m_all(all)
    {
        m_table = {"bars",
                   "Targets of m3. The ratio is that of m3 to the other engine; it should be at most the limit.",
                   {{"group"},
                    {"bar"},
                    {"m3", CellStyle::NUMBER, 4},
                    {"other", CellStyle::NUMBER, 4},
                    {"ratio", CellStyle::NUMBER, 2},
                    {"limit", CellStyle::NUMBER, 2},
                    {"met"}},
                   {}};
    }

    ReportTable Make()
    {
        for (const std::string& group : m_all.Groups())
        {
            for (const Rival& rival : RIVALS)
            {
                AddErrors(group, "m3", rival.engine, AllFlows(m_all), 0.5);
                AddPublished(group, "m3", rival);
            }
            for (std::size_t row = 0; row < AllFlows(m_all); row++)
            {
                AddErrors(group, "m3", "flowsim", row, 1);
            }
            AddTimes(group, "m3-paths", "parsimon", 0.1);
            if (m_all.cases.front().workload.flows >= 10'000'000)
            {
                AddTimes(group, "m3", "packet", 0.01);
            }
        }
        return m_table;
    }

  private:
    void AddErrors(const std::string& group, const char* m3, const char* other, std::size_t row, double limit)
    {
        const std::size_t own = m_all.EngineIndex(m3);
        const std::size_t its = m_all.EngineIndex(other);
        if (std::max(own, its) == m_all.engines.size())
        {
            return;
        }
        const std::string& name = m_all.Find(m_all.Complete().front(), 0)->rows[row].name;
        Add(group,
            std::string("mean error of p99, ") + (row == AllFlows(m_all) ? "all flows" : name) + ": " + m3 +
                " against " + other,
            ErrorSummary(ErrorsOf(m_all, group, own, row, TAIL)).mean,
            ErrorSummary(ErrorsOf(m_all, group, its, row, TAIL)).mean,
            limit);
    }

    /// Against the published error on the same scenarios.
    void AddPublished(const std::string& group, const char* m3, const Rival& rival)
    {
        constexpr std::size_t MEAN = 3; // place in a row of a summary
        const std::size_t own = m_all.EngineIndex(m3);
        const std::vector<std::vector<ReportCell>> rows = PublishedRows(m_all, group, rival);
        if (own < m_all.engines.size() && group == DCTCP && !rows.empty())
        {
            Add(group,
                std::string("mean error of p99, all flows: ") + m3 + " against " + rival.name +
                    " as published at 10 M flows",
                ErrorSummary(ErrorsOf(m_all, group, own, AllFlows(m_all), TAIL)).mean,
                rows.front()[MEAN].Number(),
                0.5);
        }
    }

    void AddTimes(const std::string& group, const char* m3, const char* other, double limit)
    {
        const std::size_t own = m_all.EngineIndex(m3);
        const std::size_t its = m_all.EngineIndex(other);
        if (std::max(own, its) == m_all.engines.size())
        {
            return;
        }
        Add(group,
            std::string("elapsed time, s: ") + m3 + " against " + other,
            MeanOf(m_all, group, own, &EvalAnswer::seconds),
            MeanOf(m_all, group, its, &EvalAnswer::seconds),
            limit);
    }

    void Add(const std::string& group, const std::string& bar, double own, double its, double limit)
    {
        const double ratio = own / its;
        if (!std::isnan(ratio))
        {
            m_table.rows.push_back({group, bar, own, its, ratio, limit, ratio <= limit ? "yes" : "no"});
        }
    }

    const EvalAnswers& m_all;
    ReportTable m_table;
};

EvalResult ResultOfList(const Options& options, const EvalAnswers& all)
{
    const std::string count = std::to_string(options.count);
    const std::string rows = std::to_string(all.Complete().size());
    EvalResult result{"sensitivity-" + options.mode + "-" + count + "-" + rows,
                      rows + " scenarios of the published sensitivity analysis, " + options.mode + " mode, " + count +
                          " flows",
                      "Rows of the list of the m3 paper's section 5.2 (256 hosts in 32 racks), " + count +
                          " flows each; the published errors are at 10 million flows.",
                      all.provenance,
                      {RivalsTable(all), ClassTable(all), IntervalTable(all), RivalTimes(all)},
                      {}};
    if (options.mode == "hpcc")
    {
        result.text += " The packet engine runs by the rules of the HPCC simulator, with the buffers of the list.";
    }
    else
    {
        result.text +=
            " The packet engine runs in standard mode, with buffers by the ports of a switch: the published errors, "
            "which are against the HPCC simulator, are given for orientation.";
    }
    const ReportTable bars = Bars(all).Make();
    if (!bars.rows.empty())
    {
        result.tables.push_back(bars);
    }
    result.tables.push_back(WorstTable(all));
    result.tables.push_back(PartsTable(all));
    result.tables.push_back(ScenariosTable(all));
    result.tables.push_back(RowsTable(all));
    AddErrorPictures(all, result);
    for (const std::string& group : all.Groups())
    {
        result.pictures.push_back(ErrorAgainst(all, group, "window_kb", "window, KB"));
    }
    for (const Rival& rival : RIVALS)
    {
        const std::size_t index = all.EngineIndex(rival.engine);
        if (index < all.engines.size() && !all.Complete(DCTCP).empty())
        {
            result.pictures.push_back(OursAgainstPublished(all, DCTCP, index, rival.fact));
        }
    }
    result.pictures.push_back(SlowdownCurves(all, WorstFirst(all).front(), "worst"));
    return result;
}

class Sensitivity : public AnsweredSuite
{
  public:
    Sensitivity()
        : AnsweredSuite("The scenarios of a list with published errors.", "packet,flowsim,published,m3,m3-paths")
    {
    }

  protected:
    void AddOwnOptions(ProgramOptions& program) override
    {
        program.Add(
            "list",
            "CSV file with a header line: id, matrix, sizes, sigma, load, oversubscription as in 2:1, window in B, "
            "PFC, DCTCP K in KB at 10 Gb/s, buffer in KB, published p99 errors of Parsimon and m3",
            m_options.list,
            "FILE");
        AddModeOption(program,
                      "rules of the packet engine: standard, or hpcc with the buffers of the list",
                      m_options.mode);
        program.Add("scenarios",
                    "number of scenarios, spread over matrices, sizes and loads (0: all)",
                    m_options.scenarios,
                    CountOption());
        program.Add("count", "number of flows of a scenario", m_options.count, CountOption(1, MAX_EVAL_FLOWS));
        program.Add("cc", "congestion controls, separated by commas", m_options.controls, "NAME,NAME");
        program.Add("seed",
                    "seed of the flows, and of parameters that the list does not have",
                    m_options.seed,
                    CountOption());
    }

    void Check() const override
    {
        if (m_options.list.empty())
        {
            throw InputError("sensitivity needs --list=FILE, a list in the format of the published one");
        }
    }

    std::vector<EvalCase> Cases() const override
    {
        return CasesOf(m_options);
    }

    void PrintHead() const override
    {
        std::printf("%s mode, %llu flows; published errors are at 10 M flows\n",
                    m_options.mode.c_str(),
                    static_cast<unsigned long long>(m_options.count));
    }

    EvalResult ResultOf(const EvalAnswers& all) const override
    {
        return ResultOfList(m_options, all);
    }

  private:
    Options m_options;
};

} // namespace

std::unique_ptr<Command> MakeSensitivity()
{
    return std::make_unique<Sensitivity>();
}

} // namespace ns3::m3::eval
