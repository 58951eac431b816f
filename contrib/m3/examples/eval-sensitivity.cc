#include "eval-pictures.h"
#include "eval-suites.h"
#include "eval-tables.h"
#include "published-figures.h"

#include "ns3/input-error.h"
#include "ns3/text-file.h"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <map>
#include <sstream>

namespace ns3::m3
{

namespace
{

constexpr double TAIL = 0.99;

struct Options
{
    EvalOptions eval;
    std::string list;
    std::string mode = "standard";
    std::string controls = "dctcp";
    uint32_t scenarios = 0;
    uint64_t count = 1'000'000;
    uint64_t seed = 1;
};

/// A row as a case; controls other than DCTCP get parameters as drawn for the row. \throws InputError naming the field
EvalCase CaseOf(const TextReader& row, const Options& options, CongestionControlType control, uint32_t index)
{
    constexpr const char* SIZES[] = {"WebServer", "Hadoop", "CacheFollower"};
    constexpr std::pair<const char*, uint32_t> OVERSUBSCRIPTIONS[] = {{"1:1", 1}, {"2:1", 2}, {"4:1", 4}};
    EvalCase one = DrawCase(control, options.count, options.seed, index);
    const std::string& matrix = row.Text(1);
    if (matrix != "A" && matrix != "B" && matrix != "C")
    {
        row.Fail("matrix", "must be A, B or C, is '" + matrix + "'");
    }
    one.workload.matrix = matrix;
    const auto sizes = std::find_if(std::begin(SIZES),
                                    std::end(SIZES),
                                    [&](const char* name) { return boost::algorithm::iequals(name, row.Text(2)); });
    if (sizes == std::end(SIZES))
    {
        row.Fail("sizes", "unknown size distribution '" + row.Text(2) + "'");
    }
    one.workload.sizes = *sizes;
    one.workload.lognormalSigma = row.Number(3, "sigma", 0, 10);
    one.workload.load = row.Number(4, "load", 0, 1);
    const auto ratio = std::find_if(std::begin(OVERSUBSCRIPTIONS),
                                    std::end(OVERSUBSCRIPTIONS),
                                    [&](const auto& known) { return row.Text(5) == known.first; });
    if (ratio == std::end(OVERSUBSCRIPTIONS))
    {
        row.Fail("oversubscription", "must be 1:1, 2:1 or 4:1, is '" + row.Text(5) + "'");
    }
    one.shape = PublishedShape(ratio->second);
    RdmaConfig& config = one.config;
    config.windowBytes = row.Integer(6, "window", 1, UINT32_MAX);
    config.pfc = row.Integer(7, "PFC", 0, 1) == 1;
    config.dctcpKBytes = static_cast<uint64_t>(1000 * row.Number(8, "K", 0.001, 1e6));
    const double buffer = row.Number(9, "buffer", 0, 1e9);
    if (options.mode == "hpcc")
    {
        config.mode = EngineMode::HPCC;
        config.bufferBytes = static_cast<uint64_t>(1000 * buffer);
    }
    const double parsimon = row.Number(10, "error of Parsimon", -1, 100);
    const double m3 = row.Number(11, "error of m3", -1, 100);
    NameCase(one);
    one.facts["id"] = row.Text(0);
    one.facts["published_parsimon"] = parsimon;
    one.facts["published_m3"] = m3;
    one.name += " #" + row.Text(0);
    return one;
}

/// Every row of the list, with a head before them. \throws InputError naming line and field
std::vector<EvalCase> ReadList(const Options& options, CongestionControlType control)
{
    constexpr std::size_t FIELDS = 12;
    TextReader reader(options.list, ',');
    reader.Require("the head", FIELDS);
    std::vector<EvalCase> cases;
    while (reader.Next())
    {
        if (reader.Fields() != FIELDS)
        {
            reader.Fail("row", "has " + std::to_string(reader.Fields()) + " fields instead of 12");
        }
        cases.push_back(CaseOf(reader, options, control, static_cast<uint32_t>(cases.size())));
    }
    return cases;
}

/// i with its bits in reverse order, as a share: 0, 1/2, 1/4, 3/4, ...
double Reversed(uint32_t i)
{
    double share = 0;
    for (double bit = 0.5; i > 0; i /= 2, bit /= 2)
    {
        share += (i % 2) * bit;
    }
    return share;
}

/**
 * An order whose every beginning is a spread: in turn a case of each matrix with each sizes, and of these spread over
 * the loads. So more scenarios are those that were there before, and some more.
 */
std::vector<EvalCase> Spread(const std::vector<EvalCase>& cases)
{
    std::map<std::string, std::vector<const EvalCase*>> kinds;
    for (const EvalCase& one : cases)
    {
        kinds[one.workload.matrix + one.workload.sizes].push_back(&one);
    }
    std::vector<std::vector<const EvalCase*>> orders;
    for (auto& [kind, all] : kinds)
    {
        std::stable_sort(all.begin(),
                         all.end(),
                         [](const auto* a, const auto* b) { return a->workload.load < b->workload.load; });
        std::vector<bool> taken(all.size(), false);
        orders.emplace_back();
        for (uint32_t i = 1; orders.back().size() < all.size(); i++)
        {
            const auto place = static_cast<std::size_t>(Reversed(i) * static_cast<double>(all.size()));
            if (!taken[place])
            {
                taken[place] = true;
                orders.back().push_back(all[place]);
            }
        }
    }
    // rounds begin with another kind each; successive kinds differ in matrix and sizes, where there are three of both
    const std::size_t stride = orders.size() % 2 == 1 ? 4 : 1;
    std::vector<EvalCase> spread;
    for (std::size_t i = 0; spread.size() < cases.size(); i++)
    {
        for (std::size_t k = 0; k < orders.size(); k++)
        {
            const auto& order = orders[(k + i) * stride % orders.size()];
            if (i < order.size())
            {
                spread.push_back(*order[i]);
            }
        }
    }
    return spread;
}

std::vector<EvalCase> Cases(const Options& options)
{
    std::vector<EvalCase> cases;
    std::istringstream controls(options.controls);
    for (std::string control; std::getline(controls, control, ',');)
    {
        std::vector<EvalCase> spread = Spread(ReadList(options, ParseCongestionControl(control)));
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

/// The published errors on the same scenarios and on all 192, below ours.
EvalTable WithPublished(EvalTable table, const EvalAnswers& all)
{
    const std::string dctcp = CongestionControlName(CongestionControlType::DCTCP);
    const std::vector<std::size_t> complete = all.Complete(dctcp);
    if (complete.empty())
    {
        return table;
    }
    for (const char* engine : {"m3", "parsimon"})
    {
        std::vector<double> errors;
        for (const std::size_t c : complete)
        {
            errors.push_back(all.cases[c].facts.at(std::string("published_") + engine));
        }
        table.rows.push_back(SummaryRow("published at 10 M flows, these scenarios", engine, ErrorSummary(errors)));
    }
    for (const PublishedErrors& errors : PUBLISHED_SENSITIVITY)
    {
        table.rows.push_back({"published at 10 M flows, all 192",
                              errors.engine,
                              192,
                              errors.mean,
                              errors.median,
                              errors.p90,
                              errors.worst,
                              errors.signedMean,
                              errors.within10});
    }
    return table;
}

/// A bar that m3 should pass, where the engines that it needs have run.
class Bars
{
  public:
    explicit Bars(const EvalAnswers& all)
        : m_all(all)
    {
        m_table = {"bars",
                   "What m3 should reach. A ratio is that of m3 to the other; it should be at most the limit.",
                   {{"group"},
                    {"bar"},
                    {"m3", Style::NUMBER, 4},
                    {"other", Style::NUMBER, 4},
                    {"ratio", Style::NUMBER, 2},
                    {"limit", Style::NUMBER, 2},
                    {"met"}},
                   {}};
    }

    EvalTable Make()
    {
        for (const std::string& group : m_all.Groups())
        {
            for (const char* other : {"parsimon", "published"})
            {
                AddErrors(group, "m3", other, AllFlows(m_all), 0.5);
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

    void AddTimes(const std::string& group, const char* m3, const char* other, double limit)
    {
        const std::size_t own = m_all.EngineIndex(m3);
        const std::size_t its = m_all.EngineIndex(other);
        if (std::max(own, its) == m_all.engines.size())
        {
            return;
        }
        double ownSeconds = 0;
        double itsSeconds = 0;
        const std::vector<std::size_t> cases = m_all.Complete(group);
        for (const std::size_t c : cases)
        {
            ownSeconds += m_all.Find(c, own)->seconds / static_cast<double>(cases.size());
            itsSeconds += m_all.Find(c, its)->seconds / static_cast<double>(cases.size());
        }
        Add(group, std::string("elapsed time, s: ") + m3 + " against " + other, ownSeconds, itsSeconds, limit);
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
    EvalTable m_table;
};

EvalResult ResultOf(const Options& options, const EvalAnswers& all)
{
    EvalResult result{"sensitivity-" + options.mode,
                      "Scenarios of the published sensitivity analysis, " + options.mode + " mode",
                      "Rows of the list of the m3 paper's section 5.2 (256 hosts in 32 racks), " +
                          std::to_string(all.Complete().size()) + " of them here, " + std::to_string(options.count) +
                          " flows each; the published errors are at 10 million flows.",
                      all.facts,
                      {WithPublished(OverallTable(all), all), ClassTable(all), TimeTable(all)},
                      {}};
    if (options.mode == "hpcc")
    {
        result.text += " Packets as the HPCC simulator, with the list's buffers.";
    }
    else
    {
        result.text += " Packets in standard mode, with buffers by the ports of a switch: the published errors, which "
                       "are against the HPCC simulator, are beside ours for orientation.";
    }
    result.text += " The HPCC simulator took " + std::to_string(std::lround(PUBLISHED_PACKET_SECONDS)) +
                   " s for a published scenario, m3 " + std::to_string(std::lround(PUBLISHED_SENSITIVITY[0].seconds)) +
                   " s, Parsimon " + std::to_string(std::lround(PUBLISHED_SENSITIVITY[1].seconds)) + " s.";
    const EvalTable bars = Bars(all).Make();
    if (!bars.rows.empty())
    {
        result.tables.push_back(bars);
    }
    result.tables.push_back(WorstTable(all));
    result.tables.push_back(RowsTable(all));
    AddErrorPictures(all, result);
    result.pictures.push_back(SlowdownCurves(all, WorstFirst(all).front(), "worst"));
    return result;
}

int Run(const Options& options)
{
    if (options.list.empty())
    {
        throw InputError("sensitivity needs --list=FILE, a list in the form of the published one");
    }
    if (options.mode != "standard" && options.mode != "hpcc")
    {
        throw InputError("--mode must be standard or hpcc, is " + options.mode);
    }
    if (options.count == 0)
    {
        throw InputError("count must be at least 1");
    }
    const std::vector<EvalEngine> engines = EnginesAgainstPackets(options.eval);
    const EvalAnswers all = RunCases(options.eval, Cases(options), engines);
    std::printf("%s mode, %llu flows; published errors are at 10 M flows\n",
                options.mode.c_str(),
                static_cast<unsigned long long>(options.count));
    PrintCases(all);
    if (!all.Complete().empty())
    {
        WriteResult(ResultOf(options, all), options.eval.out, options.eval.page);
    }
    return ExitCode(options.eval, all);
}

} // namespace

int MainOfSensitivity(int argc, char* argv[])
{
    Options options;
    options.eval.engines = "packet,flowsim,published,m3,m3-paths";
    options.eval.command = EvalCommand(argc, argv);
    ns3::CommandLine cmd(__FILE__);
    cmd.AddValue("list",
                 "CSV file with a head: id, matrix, sizes, sigma, load, oversubscription as in 2:1, window in B, PFC, "
                 "DCTCP K in KB at 10 Gb/s, buffer in KB, published p99 errors of Parsimon and m3",
                 options.list);
    cmd.AddValue("mode", "standard, or hpcc with the list's buffers", options.mode);
    cmd.AddValue("scenarios", "how many, a spread over matrices, sizes and loads (0: all)", options.scenarios);
    cmd.AddValue("count", "flows in each", options.count);
    cmd.AddValue("cc", "controls, separated by commas", options.controls);
    cmd.AddValue("seed", "of flows, and of what the list does not say", options.seed);
    AddEvalOptions(cmd, options.eval);
    cmd.Parse(argc, argv);
    return Run(options);
}

} // namespace ns3::m3
