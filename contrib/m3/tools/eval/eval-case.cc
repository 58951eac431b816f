// SPDX-License-Identifier: GPL-2.0-only
#include "eval-case.h"

#include "core/random-stream.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-parameters.h"
#include "ns3/m3-text-file.h"
#include "ns3/m3-timely.h"
#include "packet/engine/replication.h"
#include "workload/size-distribution.h"
#include "workload/traffic-matrix.h"

#include <cstdio>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <variant>

namespace ns3::m3::eval
{

namespace
{

constexpr uint32_t RACKS_PER_POD = 16;

class Fnv
{
  public:
    void Add(const void* bytes, std::size_t count)
    {
        const auto* byte = static_cast<const unsigned char*>(bytes);
        for (std::size_t i = 0; i < count; i++)
        {
            m_hash = (m_hash ^ byte[i]) * 0x100000001b3U;
        }
    }

    std::string Text() const
    {
        char text[17];
        std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(m_hash));
        return text;
    }

  private:
    uint64_t m_hash = 0xcbf29ce484222325U;
};

template <typename Value>
Json OrNull(const std::optional<Value>& value)
{
    return value ? Json(*value) : Json();
}

Json ShapeJson(const ThreeTierShape& shape)
{
    return {{"pods", shape.pods},
            {"racks", shape.racksPerPod},
            {"hosts", shape.hostsPerRack},
            {"planes", shape.planes},
            {"spines", shape.spinesPerPlane},
            {"host_bps", shape.hostBps},
            {"fabric_bps", shape.fabricBps},
            {"delay_ns", shape.delayNs}};
}

Json WorkloadJson(const WorkloadHelper& workload)
{
    Json json{{"sizes", workload.sizes},
              {"mean_size", ParseSizeDistribution(workload.sizes)->Mean()},
              {"flows", workload.flows},
              {"load", workload.load},
              {"sigma", workload.lognormalSigma},
              {"header_bytes", workload.headerBytes},
              {"seed", workload.seed}};
    if (workload.matrix != "uniform")
    {
        const auto [rows, blocks] = ReadRackWeights(workload.matrix);
        json["matrix"] = HashOf(Json(rows).dump());
        if (blocks.racksPerRow > 1 || blocks.sameRack)
        {
            json["matrix-blocks"] = {blocks.racksPerRow, blocks.sameRack.value_or(-1)};
        }
    }
    return json;
}

/// Parameters that differ from their defaults, by their options, of those that ConfigJson() does not name.
Json OtherParametersJson(const RdmaConfig& config)
{
    static const std::set<std::string> NAMED =
        {"window", "variable-window", "pfc", "buffer", "k", "kmin", "kmax", "eta", "hpcc-ai", "t-low", "t-high"};
    Json json = Json::object();
    for (const Parameter* parameter : AllParameters())
    {
        const std::optional<ParameterValue> value = parameter->get(config);
        if (NAMED.count(parameter->option) == 0 && value && value != parameter->get(RdmaConfig()))
        {
            std::visit([&](auto number) { json[parameter->option] = number; }, *value);
        }
    }
    return json;
}

Json ConfigJson(const RdmaConfig& config)
{
    Json json{{"mode", EngineModeName(config.mode)},
              {"cc", CongestionControlName(config.congestionControl)},
              {"window", OrNull(config.windowBytes)},
              {"variable_window", config.variableWindow},
              {"pfc", config.pfc},
              {"buffer", OrNull(config.bufferBytes)},
              {"dctcp_k", OrNull(config.Of<DctcpConfig>().kBytes)},
              {"kmin", OrNull(config.Of<DcqcnConfig>().kminBytes)},
              {"kmax", OrNull(config.Of<DcqcnConfig>().kmaxBytes)},
              {"eta", config.Of<HpccConfig>().eta},
              {"hpcc_ai", OrNull(config.Of<HpccConfig>().aiBps)},
              {"t_low", config.Of<TimelyConfig>().tLowNs},
              {"t_high", config.Of<TimelyConfig>().tHighNs},
              {"seed", config.seed}};
    if (Json others = OtherParametersJson(config); !others.empty())
    {
        json["others"] = std::move(others);
    }
    return json;
}

double Kilobytes(const std::optional<uint64_t>& bytes)
{
    return static_cast<double>(bytes.value_or(0)) / 1000;
}

/// Hash of all links.
std::string HashOf(const FabricGraph& fabric)
{
    Fnv hash;
    for (LinkId id = 0; id < fabric.LinkCount(); id++)
    {
        const FabricLink& link = fabric.Link(id);
        const uint64_t numbers[] = {link.from, link.to, link.bitsPerSecond, static_cast<uint64_t>(link.delayNs)};
        hash.Add(numbers, sizeof numbers);
        hash.Add(&link.errorRate, sizeof link.errorRate);
    }
    return hash.Text();
}

/// Hash of the shared pools of single nodes, which only drawn cases have.
std::string HashOfPools(const std::vector<uint64_t>& pools)
{
    Fnv hash;
    hash.Add(pools.data(), pools.size() * sizeof(uint64_t));
    return hash.Text();
}

} // namespace

FabricGraph NetworkOf(const EvalCase& one)
{
    return one.drawn ? one.drawn->fabric : MakeThreeTier(one.shape);
}

FlowList FlowsOf(const EvalCase& one)
{
    return one.drawn ? one.drawn->flows : one.workload.Generate(NetworkOf(one));
}

Json Fingerprint(const EvalCase& one)
{
    Json json;
    if (one.drawn)
    {
        json = {{"network", HashOf(one.drawn->fabric)},
                {"workload", HashOf(one.drawn->flows)},
                {"config", ConfigJson(one.config)},
                {"pools", HashOfPools(one.config.nodeSharedPoolBytes)}};
    }
    else
    {
        json = {{"network", ShapeJson(one.shape)},
                {"workload", WorkloadJson(one.workload)},
                {"config", ConfigJson(one.config)}};
    }
    if (const uint64_t seed = SeedOfReplication(1); seed != 1)
    {
        json["replication"] = seed; // a run of ns-3 (--RngRun), which shifts all seeds
    }
    return json;
}

std::string HashOf(const std::string& bytes)
{
    Fnv hash;
    hash.Add(bytes.data(), bytes.size());
    return hash.Text();
}

std::string HashOfFile(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::stringstream bytes;
    if (!in || !(bytes << in.rdbuf()))
    {
        throw InputError(file, 0, "", "cannot be read");
    }
    return HashOf(bytes.str());
}

std::string HashOf(const FlowList& flows)
{
    Fnv hash;
    for (const Flow& flow : flows)
    {
        const uint64_t fields[] = {flow.src, flow.dst, flow.sizeBytes, static_cast<uint64_t>(flow.startNs)};
        hash.Add(fields, sizeof fields);
    }
    return hash.Text();
}

ThreeTierShape PublishedShape(uint32_t oversubscription)
{
    ThreeTierShape shape;
    shape.racksPerPod = RACKS_PER_POD;
    shape.spinesPerPlane = RACKS_PER_POD / oversubscription;
    return shape;
}

EvalCase DrawCase(CongestionControlType control, uint64_t flows, uint64_t seed, uint32_t index)
{
    constexpr const char* MATRICES[] = {"A", "B", "C"};
    constexpr const char* SIZES[] = {"WebServer", "Hadoop", "CacheFollower"};
    constexpr uint32_t OVERSUBSCRIPTIONS[] = {1, 2, 4};
    RandomStream random(seed * 1000 + index);
    const auto pick = [&random](const auto& values) { return values[random.Integer(0, std::size(values) - 1)]; };
    const auto kilobytes = [&random](double low, double high)
    { return static_cast<uint64_t>(random.Uniform(low, high) * 1000); };
    EvalCase one;
    one.shape = PublishedShape(pick(OVERSUBSCRIPTIONS));
    one.workload.matrix = pick(MATRICES);
    one.workload.sizes = pick(SIZES);
    one.workload.flows = flows;
    one.workload.load = random.Uniform(0.25, 0.8);
    one.workload.lognormalSigma = random.Uniform() < 0.5 ? 1 : 2;
    one.workload.seed = seed * 1000 + index;
    RdmaConfig& config = one.config;
    config.congestionControl = control;
    config.windowBytes = kilobytes(5, 30);
    config.Of<DctcpConfig>().kBytes = kilobytes(5, 20);
    config.Of<DcqcnConfig>().kminBytes = kilobytes(20, 50);
    config.Of<DcqcnConfig>().kmaxBytes = kilobytes(50, 100);
    config.Of<HpccConfig>().eta = random.Uniform(0.7, 0.95);
    config.Of<HpccConfig>().aiBps = static_cast<uint64_t>(random.Uniform(500, 1000) * 1e6);
    config.Of<TimelyConfig>().tLowNs = static_cast<int64_t>(random.Uniform(40'000, 60'000));
    config.Of<TimelyConfig>().tHighNs = static_cast<int64_t>(random.Uniform(100'000, 150'000));
    one.workload.headerBytes = config.HeaderBytes();
    one.workload.payloadBytes = config.payloadBytes;
    NameCase(one);
    return one;
}

std::vector<EvalCase> DrawCases(const Drawing& drawing)
{
    if (drawing.scenarios == 0 || drawing.flows == 0)
    {
        throw InputError("scenarios and count must be at least 1");
    }
    std::vector<EvalCase> cases;
    for (const std::string& control : SplitList(drawing.controls))
    {
        const CongestionControlType type = ParseCongestionControl(control);
        for (uint32_t index = 0; index < drawing.scenarios; index++)
        {
            cases.push_back(DrawCase(type, drawing.flows, drawing.seed, index));
        }
    }
    if (cases.empty())
    {
        throw InputError("--cc names no congestion control");
    }
    return cases;
}

WorkloadHelper PublishedWorkload(const std::string& matrix, double sigma, uint64_t flows, uint64_t seed)
{
    WorkloadHelper workload;
    workload.matrix = matrix;
    workload.sizes = "WebServer";
    workload.flows = flows;
    workload.load = 0.5;
    workload.lognormalSigma = sigma;
    workload.seed = seed;
    return workload;
}

void SetMode(const std::string& mode, RdmaConfig& config)
{
    config.mode = ParseEngineMode(mode);
    if (config.mode == EngineMode::HPCC)
    {
        config.bufferBytes = 400'000;
    }
}

void NameCase(EvalCase& one)
{
    const uint32_t oversubscription = RACKS_PER_POD / one.shape.spinesPerPlane;
    one.group = CongestionControlName(one.config.congestionControl);
    char name[120];
    std::snprintf(name,
                  sizeof name,
                  "%s %s %s %u:1 sigma %.0f load %.2f window %.0f KB",
                  one.group.c_str(),
                  one.workload.matrix.c_str(),
                  one.workload.sizes.c_str(),
                  oversubscription,
                  one.workload.lognormalSigma,
                  one.workload.load,
                  Kilobytes(one.config.windowBytes));
    one.name = std::string(name) + (one.config.pfc ? "" : " no PFC");
    one.facts = Json{{"matrix", one.workload.matrix},
                     {"sizes", one.workload.sizes},
                     {"oversubscription", oversubscription},
                     {"sigma", one.workload.lognormalSigma},
                     {"load", one.workload.load},
                     {"window_kb", Kilobytes(one.config.windowBytes)},
                     {"pfc", one.config.pfc ? "on" : "off"}};
}

} // namespace ns3::m3::eval
