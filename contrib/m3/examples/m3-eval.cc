/**
 * Accuracy of the m3 engine on networks and traffic that it was not trained on: the 256-host fabric of the m3 paper
 * with its matrices (A, B, C), sizes (WebServer, Hadoop, CacheFollower), oversubscription, burstiness and loads, and
 * the configuration drawn from the paper's ranges. Every scenario runs by packets, flowSim and m3; with --published
 * also by the published method, with --rerun by packets again with every second start 1 ns later: no estimate can be
 * expected to be closer than that run. With --sensitivity the scenarios are rows of the list of the paper's
 * section 5.2.
 *
 *   ./ns3 run "m3-eval --scenarios=8 --count=50000"
 *   ./ns3 run "m3-eval --sensitivity=sensitivity-192.csv --scenarios=16 --cc=dctcp --keep=truth"
 */
#include "program.h"

#include "ns3/command-line.h"
#include "ns3/fabric-shapes.h"
#include "ns3/input-error.h"
#include "ns3/m3-estimator.h"
#include "ns3/progress.h"
#include "ns3/quantile.h"
#include "ns3/random-stream.h"
#include "ns3/text-file.h"
#include "ns3/workload-helper.h"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/functional/hash.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>

using namespace ns3::m3;

namespace
{

struct Options
{
    uint32_t scenarios = 8;
    uint64_t count = 50'000;
    std::string controls = "dctcp,dcqcn,hpcc,timely";
    std::string checkpoint;
    std::string out;
    std::string sensitivity;
    std::string keep;
    uint64_t seed = 1;
    bool rerun = false;
    bool published = false;
};

struct Scenario
{
    ThreeTierShape shape;
    WorkloadHelper workload;
    RdmaConfig config;
    std::string name;
    std::string published; //!< its errors as published, if it is a published scenario
};

constexpr const char* SIZES[] = {"WebServer", "Hadoop", "CacheFollower"};
constexpr uint32_t RACKS_PER_POD = 16;

void Name(Scenario& scenario)
{
    char name[120];
    std::snprintf(name,
                  sizeof name,
                  "%-6s %s %-13s %u:1 sigma %.0f load %.2f window %2.0f KB",
                  CongestionControlName(scenario.config.congestionControl).c_str(),
                  scenario.workload.matrix.c_str(),
                  scenario.workload.sizes.c_str(),
                  RACKS_PER_POD / scenario.shape.spinesPerPlane,
                  scenario.workload.lognormalSigma,
                  scenario.workload.load,
                  static_cast<double>(*scenario.config.windowBytes) / 1000);
    scenario.name = name;
}

Scenario Draw(const Options& options, CongestionControlType control, uint32_t index)
{
    constexpr const char* MATRICES[] = {"A", "B", "C"};
    constexpr uint32_t SPINES[] = {16, 8, 4};
    RandomStream random(options.seed * 1000 + index);
    const auto one = [&random](const auto& values) { return values[random.Integer(0, std::size(values) - 1)]; };
    const auto kilobytes = [&random](double low, double high)
    { return static_cast<uint64_t>(random.Uniform(low, high) * 1000); };
    Scenario scenario;
    scenario.shape.racksPerPod = RACKS_PER_POD;
    scenario.shape.spinesPerPlane = one(SPINES);
    scenario.workload.matrix = one(MATRICES);
    scenario.workload.sizes = one(SIZES);
    scenario.workload.flows = options.count;
    scenario.workload.load = random.Uniform(0.25, 0.8);
    scenario.workload.lognormalSigma = random.Uniform() < 0.5 ? 1 : 2;
    scenario.workload.seed = options.seed * 1000 + index;
    RdmaConfig& config = scenario.config;
    config.congestionControl = control;
    config.windowBytes = kilobytes(5, 30);
    config.dctcpKBytes = kilobytes(5, 20);
    config.dcqcnKminBytes = kilobytes(20, 50);
    config.dcqcnKmaxBytes = kilobytes(50, 100);
    config.hpccEta = random.Uniform(0.7, 0.95);
    config.hpccAiBps = static_cast<uint64_t>(random.Uniform(500, 1000) * 1e6);
    config.timelyTLowNs = static_cast<int64_t>(random.Uniform(40'000, 60'000));
    config.timelyTHighNs = static_cast<int64_t>(random.Uniform(100'000, 150'000));
    scenario.workload.headerBytes = config.HeaderBytes();
    Name(scenario);
    return scenario;
}

/**
 * Rows of a list in the form of the published one, evenly spread: `id, matrix, sizes, sigma, load, oversubscription as
 * in 2:1, window in B, PFC, DCTCP K in KB at 10 Gb/s, buffer in KB, p99 error of Parsimon, of m3`, with a head. Buffers
 * are those of `standard` mode; controls other than DCTCP get parameters as drawn for the row.
 * \throws InputError naming line and field
 */
std::vector<Scenario> ReadSensitivity(const Options& options, CongestionControlType control)
{
    constexpr std::size_t FIELDS = 12;
    TextReader reader(options.sensitivity, ',');
    reader.Require("the head", FIELDS);
    std::vector<Scenario> all;
    while (reader.Next())
    {
        if (reader.Fields() != FIELDS)
        {
            reader.Fail("row", "has " + std::to_string(reader.Fields()) + " fields instead of 12");
        }
        Scenario scenario = Draw(options, control, static_cast<uint32_t>(all.size()));
        scenario.workload.matrix = reader.Text(1);
        const std::string& sizes = reader.Text(2);
        const auto known =
            std::find_if(std::begin(SIZES),
                         std::end(SIZES),
                         [&](const std::string& name) { return boost::algorithm::iequals(name, sizes); });
        if (known == std::end(SIZES))
        {
            reader.Fail("sizes", "unknown size distribution '" + sizes + "'");
        }
        scenario.workload.sizes = *known;
        scenario.workload.lognormalSigma = reader.Number(3, "sigma", 0, 10);
        scenario.workload.load = reader.Number(4, "load", 0, 1);
        const std::string& ratio = reader.Text(5);
        const uint32_t factor = ratio == "1:1" ? 1 : ratio == "2:1" ? 2 : ratio == "4:1" ? 4 : 0;
        if (factor == 0)
        {
            reader.Fail("oversubscription", "must be 1:1, 2:1 or 4:1, is '" + ratio + "'");
        }
        scenario.shape.spinesPerPlane = RACKS_PER_POD / factor;
        scenario.config.windowBytes = reader.Integer(6, "window", 1, UINT32_MAX);
        scenario.config.pfc = reader.Integer(7, "PFC", 0, 1) == 1;
        scenario.config.dctcpKBytes = static_cast<uint64_t>(1000 * reader.Number(8, "K", 0.001, 1e6));
        char published[80];
        std::snprintf(published,
                      sizeof published,
                      "published at 10 M flows: m3 %+.1f%%, Parsimon %+.1f%%",
                      100 * reader.Number(11, "error of m3", -1, 100),
                      100 * reader.Number(10, "error of Parsimon", -1, 100));
        if (control == CongestionControlType::DCTCP)
        {
            scenario.published = published;
        }
        Name(scenario);
        all.push_back(scenario);
    }
    if (all.size() < options.scenarios)
    {
        throw InputError(options.sensitivity, 0, "", "has only " + std::to_string(all.size()) + " scenarios");
    }
    std::vector<Scenario> rows;
    for (uint32_t i = 0; i < options.scenarios; i++)
    {
        rows.push_back(all[(2 * i + 1) * all.size() / (2 * std::size_t{options.scenarios})]);
    }
    return rows;
}

std::vector<Scenario> Scenarios(const Options& options, CongestionControlType control)
{
    if (!options.sensitivity.empty())
    {
        return ReadSensitivity(options, control);
    }
    std::vector<Scenario> scenarios;
    for (uint32_t index = 0; index < options.scenarios; index++)
    {
        scenarios.push_back(Draw(options, control, index));
    }
    return scenarios;
}

/// The same flows, every second of them 1 ns later where that keeps their order.
FlowList WithOtherTies(FlowList flows)
{
    for (std::size_t i = 0; i + 1 < flows.size(); i += 2)
    {
        flows[i].startNs += flows[i].startNs < flows[i + 1].startNs;
    }
    return flows;
}

using Answer = std::function<SlowdownReport(M3Estimator&, const FlowList&)>;

/// The p99 slowdowns of a packet run, per size class and of all flows (last), and its time.
struct Truth
{
    std::vector<double> p99;
    double seconds;
};

double P99(const SlowdownReport& report, std::size_t sizeClass)
{
    return sizeClass < report.Classes().Count() ? report.ClassQuantile(sizeClass, 0.99) : report.OverallQuantile(0.99);
}

/**
 * Runs a scenario by packets, or reads what an earlier run has kept.
 * \param folder to keep it in, a JSON file per scenario; "" for none
 */
Truth FindTruth(M3Estimator& estimator, const Scenario& scenario, const FlowList& flows, const std::string& folder)
{
    std::size_t key = boost::hash_value(scenario.name);
    for (const Flow& flow : flows)
    {
        boost::hash_combine(key, flow.sizeBytes);
        boost::hash_combine(key, flow.startNs);
    }
    char name[32];
    std::snprintf(name, sizeof name, "/%016zx.json", key);
    const std::string file = folder + name;
    if (!folder.empty() && std::filesystem::exists(file))
    {
        std::ifstream in(file);
        const auto json = nlohmann::json::parse(in, nullptr, false);
        if (json.is_discarded() || !json.contains("p99") || !json.contains("seconds"))
        {
            throw InputError(file, 0, "", "is damaged");
        }
        return {json["p99"], json["seconds"]};
    }
    const SlowdownReport report = estimator.Run(Engine::PACKET, flows);
    Truth truth{{}, report.wallSeconds};
    for (std::size_t c = 0; c <= report.Classes().Count(); c++)
    {
        truth.p99.push_back(P99(report, c));
    }
    if (!folder.empty())
    {
        std::filesystem::create_directories(folder);
        const nlohmann::json json{{"scenario", scenario.name}, {"p99", truth.p99}, {"seconds", truth.seconds}};
        WriteWholeFile(file, [&](std::ostream& out) { out << json.dump() << '\n'; });
    }
    return truth;
}

/// What stands beside the packet run: an engine's report, and its errors over all scenarios.
struct Column
{
    const char* name;
    Answer answer;
    SlowdownReport report;
    /// Relative errors of p99 by class (and of all flows, last), a value per scenario.
    std::vector<std::vector<double>> errors;
};

void Summarise(const Column& column)
{
    std::printf("  %-8s", column.name);
    for (const std::vector<double>& errors : column.errors)
    {
        double absolute = 0;
        double signedSum = 0;
        double worst = 0;
        for (double error : errors)
        {
            absolute += std::abs(error);
            signedSum += error;
            worst = std::max(worst, std::abs(error));
        }
        const auto count = static_cast<double>(std::max<std::size_t>(1, errors.size()));
        std::printf("  %5.1f (%+5.1f, %5.1f)", 100 * absolute / count, 100 * signedSum / count, 100 * worst);
    }
    std::printf("\n");
}

int Main(const Options& options)
{
    const SizeClasses classes;
    Progress progress("m3-eval");
    std::ostringstream csv;
    csv << "scenario,class,engine,p99,packet_p99,seconds\n";
    std::printf("p99 slowdown by packets, and the errors of the others, per size class and of all flows\n\n");
    std::istringstream list(options.controls);
    for (std::string control; std::getline(list, control, ',');)
    {
        const CongestionControlType type = ParseCongestionControl(control);
        std::vector<Column> columns;
        const auto addColumn = [&](const char* name, const Answer& answer) {
            columns.push_back({name, answer, SlowdownReport(), std::vector<std::vector<double>>(classes.Count() + 1)});
        };
        addColumn("flowsim", [](auto& estimator, const auto& flows) { return estimator.Run(Engine::FLOWSIM, flows); });
        addColumn("m3", [](auto& estimator, const auto& flows) { return estimator.Run(Engine::M3, flows); });
        if (options.published)
        {
            addColumn("publ.",
                      [](auto& estimator, const auto& flows)
                      {
                          estimator.scope = Scope::PUBLISHED;
                          estimator.checkpoint.clear();
                          return estimator.Run(Engine::M3, flows);
                      });
        }
        if (options.rerun)
        {
            addColumn("rerun",
                      [](auto& estimator, const auto& flows)
                      { return estimator.Run(Engine::PACKET, WithOtherTies(flows)); });
        }
        for (const Scenario& scenario : Scenarios(options, type))
        {
            M3Estimator estimator(MakeThreeTier(scenario.shape));
            estimator.config = scenario.config;
            estimator.checkpoint = options.checkpoint;
            const FlowList flows = scenario.workload.Generate(estimator.Fabric());
            estimator.progress = [&](uint64_t done, uint64_t total) { progress.Show(scenario.name, done, total); };
            const Truth packet = FindTruth(estimator, scenario, flows, options.keep);
            for (Column& column : columns)
            {
                column.report = column.answer(estimator, flows);
            }
            progress.Clear();
            std::printf("%s   %s\n  packet  ", scenario.name.c_str(), scenario.published.c_str());
            for (double p99 : packet.p99)
            {
                std::printf(" %8.2f", p99);
            }
            std::printf("  %.1f s\n", packet.seconds);
            for (Column& column : columns)
            {
                std::printf("  %-8s", column.name);
                for (std::size_t c = 0; c <= classes.Count(); c++)
                {
                    column.errors[c].push_back(P99(column.report, c) / packet.p99[c] - 1);
                    std::printf(" %+7.1f%%", 100 * column.errors[c].back());
                    csv << '"' << scenario.name << "\",\"" << (c < classes.Count() ? classes.Name(c) : "all") << "\","
                        << column.name << ',' << P99(column.report, c) << ',' << packet.p99[c] << ','
                        << column.report.wallSeconds << '\n';
                }
                std::printf("  %.1f s\n", column.report.wallSeconds);
            }
            std::fflush(stdout);
        }
        std::printf("\n%s, %u scenarios: mean |error| of p99 in %% (signed mean, worst), per class and of all flows\n",
                    control.c_str(),
                    options.scenarios);
        std::for_each(columns.begin(), columns.end(), Summarise);
        std::printf("\n");
    }
    if (!options.out.empty())
    {
        WriteWholeFile(options.out, [&](std::ostream& out) { out << csv.str(); });
    }
    return 0;
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram(
        "m3-eval",
        [&]
        {
            Options options;
            ns3::CommandLine cmd(__FILE__);
            cmd.AddValue("scenarios", "how many for each control", options.scenarios);
            cmd.AddValue("count", "flows in each", options.count);
            cmd.AddValue("cc", "controls, separated by commas", options.controls);
            cmd.AddValue("checkpoint", "model (default: the one that is shipped)", options.checkpoint);
            cmd.AddValue("sensitivity", "take scenarios from rows of this list, evenly spread", options.sensitivity);
            cmd.AddValue("keep", "folder for the results by packets, which are not run again then", options.keep);
            cmd.AddValue("seed", "of the drawing of scenarios", options.seed);
            cmd.AddValue("rerun", "also run packets again, every second start 1 ns later", options.rerun);
            cmd.AddValue("published", "also run m3 by the published method, with the shipped model", options.published);
            cmd.AddValue("out", "CSV file to write", options.out);
            cmd.Parse(argc, argv);
            if (options.scenarios == 0 || options.count == 0)
            {
                throw InputError("scenarios and count must be at least 1");
            }
            return Main(options);
        });
}
