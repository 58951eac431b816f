// SPDX-License-Identifier: GPL-2.0-only
#include "hpcc-files.h"

#include "hpcc-keys.h"

#include "core/text-format.h"
#include "fabric/topology-file.h"
#include "ns3/m3-control-description.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <set>

namespace ns3::m3
{

namespace
{

constexpr uint64_t ECN_UNIT_BYTES = 1000;
constexpr double LARGEST_BUFFER = 1e18;

/// Reads the values of one line of the file, one kind each.
class Values
{
  public:
    explicit Values(const TextReader& reader)
        : m_reader(reader),
          m_key(reader.Text(0))
    {
    }

    bool Flag() const
    {
        return Count(0, 1) != 0;
    }

    uint64_t Count(uint64_t low, uint64_t high) const
    {
        One();
        return m_reader.Integer(1, m_key, low, high);
    }

    double Number(double low, double high) const
    {
        One();
        return m_reader.Number(1, m_key, low, high);
    }

    /// In ns of the simulator's clock.
    int64_t Time() const
    {
        return static_cast<int64_t>(Count(0, MAX_START_NS));
    }

    uint64_t Rate() const
    {
        One();
        return m_reader.Rate(1, m_key);
    }

    std::string Text() const
    {
        One();
        return m_reader.Text(1);
    }

    /// The value of a parameter. \throws InputError unless it is one in its range
    ParameterValue Of(const Parameter& parameter) const
    {
        const ParameterRange& range = parameter.range;
        const auto whole = [](double bound) { return bound < 0x1p63 ? static_cast<uint64_t>(bound) : INT64_MAX; };
        switch (parameter.kind)
        {
        case ParameterKind::FLAG:
            return Flag();
        case ParameterKind::REAL:
            return Number(range.min, range.max);
        case ParameterKind::RATE:
            return Rate();
        case ParameterKind::TIME:
            if (parameter.hpccKey.unit > 1)
            {
                const double number = Number(range.min / parameter.hpccKey.unit, range.max / parameter.hpccKey.unit);
                return static_cast<uint64_t>(number) * static_cast<uint64_t>(parameter.hpccKey.unit);
            }
            break;
        case ParameterKind::COUNT:
            return Count(whole(range.min), std::min<uint64_t>(whole(range.max), UINT32_MAX));
        case ParameterKind::BYTES:
        case ParameterKind::CLASSES:
        case ParameterKind::WEIGHTS:
        case ParameterKind::CHOICE:
            break;
        }
        return Count(whole(range.min), whole(range.max));
    }

    /// `n rate value rate value ...`
    std::map<uint64_t, double> ByRate() const
    {
        if (m_reader.Fields() < 2 || m_reader.Fields() != 2 + 2 * m_reader.Integer(1, m_key, 0, 1000))
        {
            m_reader.Fail(m_key, "needs a count, then that many pairs of rate and value");
        }
        std::map<uint64_t, double> values;
        for (std::size_t i = 2; i < m_reader.Fields(); i += 2)
        {
            values[m_reader.Integer(i, m_key, 1)] = m_reader.Number(i + 1, m_key, 0, 1e12);
        }
        return values;
    }

    /// `us node node`, or 0 alone for none
    HpccLinkDown LinkDown() const
    {
        constexpr uint64_t START_US = 2'000'000; // of the simulator's clock
        constexpr uint64_t LARGEST_US = 1'000'000'000'000;
        HpccLinkDown down;
        const uint64_t us = Count(0, LARGEST_US);
        if (us > 0)
        {
            if (m_reader.Fields() != 4)
            {
                m_reader.Fail(m_key, "needs a time in us after 2 s and two nodes");
            }
            down.timeNs = static_cast<int64_t>((START_US + us) * 1000);
            down.a = m_reader.Integer(2, m_key, 0, UINT32_MAX);
            down.b = m_reader.Integer(3, m_key, 0, UINT32_MAX);
        }
        return down;
    }

    [[noreturn]] void Fail(const std::string& message) const
    {
        m_reader.Fail(m_key, message);
    }

  private:
    void One() const
    {
        if (m_reader.Fields() < 2)
        {
            m_reader.Fail(m_key, "has no value");
        }
    }

    const TextReader& m_reader;
    const std::string m_key;
};

CongestionControlType ControlOfMode(const Values& values)
{
    const uint64_t mode = values.Count(0, UINT32_MAX);
    for (auto type : {CongestionControlType::NONE,
                      CongestionControlType::DCQCN,
                      CongestionControlType::HPCC,
                      CongestionControlType::TIMELY,
                      CongestionControlType::DCTCP,
                      CongestionControlType::HPCC_PINT})
    {
        if (mode == static_cast<uint64_t>(type))
        {
            return type;
        }
    }
    values.Fail("unknown congestion control " + std::to_string(mode) +
                "; there are 0 (none), 1 (DCQCN), 3 (HPCC), 7 (TIMELY), 8 (DCTCP), 10 (HPCC-PINT)");
}

/// The HPCC simulator's defaults where they differ from RdmaConfig's.
RdmaConfig HpccDefaults()
{
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    config.congestionControl = CongestionControlType::DCQCN;
    for (const Parameter* parameter : AllParameters())
    {
        if (const auto& value = parameter->hpccKey.value)
        {
            parameter->set(config, parameter->ValueOf(*value));
        }
    }
    return config;
}

/// What a config file says beyond RdmaConfig, before it is put together.
struct Collected
{
    std::set<std::string> keys;
    std::map<uint64_t, double> kmin;
    std::map<uint64_t, double> kmax;
    std::map<uint64_t, double> pmax;
    double bufferSize = 16;
    uint64_t bufferUnit = 1024 * 1024;
    bool hasWindow = true;
    double stopSeconds = 3.01;
    /// Of parameters with a key that several controls have: the one that runs takes it.
    std::map<const Parameter*, ParameterValue> shared;
};

using Setter = std::function<void(const Values&, HpccRun&, Collected&)>;

const std::map<std::string, Setter>& Setters()
{
    using V = const Values&;
    using R = HpccRun&;
    using C = Collected&;
    static const std::map<std::string, Setter> setters = {
        {"TOPOLOGY_FILE", [](V v, R r, C) { r.topologyFile = v.Text(); }},
        {"FLOW_FILE", [](V v, R r, C) { r.flowFile = v.Text(); }},
        {"FCT_OUTPUT_FILE", [](V v, R r, C) { r.fctFile = v.Text(); }},
        {"PFC_OUTPUT_FILE", [](V v, R r, C) { r.pfcFile = v.Text(); }},
        {"FLOW_NS", [](V v, R r, C) { r.startTimes = v.Flag() ? StartTimes::NANOSECONDS : StartTimes::HPCC_SECONDS; }},
        {"SIMULATOR_STOP_TIME", [](V v, R, C c) { c.stopSeconds = v.Number(0, std::numeric_limits<double>::max()); }},
        {"CC_MODE", [](V v, R r, C) { r.config.congestionControl = ControlOfMode(v); }},
        {"BUFFER_SIZE", [](V v, R, C c) { c.bufferSize = v.Number(0, 1e12); }},
        {"BUFFER_UNIT", [](V v, R, C c) { c.bufferUnit = v.Count(1, UINT32_MAX); }},
        {"HAS_WIN", [](V v, R, C c) { c.hasWindow = v.Flag(); }},
        {"GLOBAL_T", [](V v, R r, C) { r.config.perPairWindow = !v.Flag(); }},
        {"KMIN_MAP", [](V v, R, C c) { c.kmin = v.ByRate(); }},
        {"KMAX_MAP", [](V v, R, C c) { c.kmax = v.ByRate(); }},
        {"L2_CHUNK_SIZE", [](V v, R r, C) { r.config.ackChunkBytes = v.Count(1, UINT32_MAX); }},
        {"LINK_DOWN", [](V v, R r, C) { r.linkDown = v.LinkDown(); }},
        {"QLEN_MON_FILE", [](V v, R r, C) { r.queues.file = v.Text(); }},
        {"QLEN_MON_START", [](V v, R r, C) { r.queues.startNs = v.Time(); }},
        {"QLEN_MON_END", [](V v, R r, C) { r.queues.endNs = v.Time(); }},
        {"TRACE_FILE", [](V v, R r, C) { r.trace.nodesFile = v.Text(); }},
        {"TRACE_OUTPUT_FILE", [](V v, R r, C) { r.trace.file = v.Text(); }},
        {"ENABLE_TRACE", [](V v, R r, C) { r.trace.hasRecords = v.Flag(); }},
        {"PAUSE_TIME", [](V v, R r, C) { r.trace.pauseTimeUs = static_cast<uint32_t>(v.Count(0, UINT32_MAX)); }},
        {"PMAX_MAP", [](V v, R, C c) { c.pmax = v.ByRate(); }},
    };
    return setters;
}

/// The parameters that a key is of; several where controls share it.
std::vector<const Parameter*> ParametersOfKey(const std::string& key)
{
    std::vector<const Parameter*> parameters;
    for (const Parameter* parameter : AllParameters())
    {
        if (parameter->hpccKey.name == key)
        {
            parameters.push_back(parameter);
        }
    }
    return parameters;
}

/// Takes the value of a parameter's key. \return whether it is one
bool ReadParameter(const std::string& key, const Values& values, RdmaConfig& config, Collected& collected)
{
    const std::vector<const Parameter*> parameters = ParametersOfKey(key);
    for (const Parameter* parameter : parameters)
    {
        const ParameterValue value = values.Of(*parameter);
        if (parameters.size() > 1)
        {
            collected.shared[parameter] = value;
        }
        else
        {
            parameter->set(config, value);
        }
    }
    return !parameters.empty();
}

/// Checks that the control's parameters are there and hands it those that it shares with others.
void SetControlParameters(const std::string& file, const Collected& collected, RdmaConfig& config)
{
    for (const ParameterTable* table : ControlOf(config.congestionControl).parameters)
    {
        for (const Parameter& parameter : *table)
        {
            const HpccParameterKey& key = parameter.hpccKey;
            if (key.isRequired && !collected.keys.count(key.name))
            {
                throw InputError(file,
                                 0,
                                 key.name,
                                 "is missing, and " + CongestionControlName(config.congestionControl) + " needs it");
            }
            if (const auto shared = collected.shared.find(&parameter); shared != collected.shared.end())
            {
                parameter.set(config, shared->second);
            }
        }
    }
}

/// A key with one value that is simulated. \throws InputError for another
void CheckFixedKey(const Values& values, const FixedHpccKey& fixed)
{
    if (values.Number(std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()) !=
        ParseReal("", fixed.value))
    {
        values.Fail(Quoted(values.Text()) + " is not simulated, only " + fixed.value + ": " + fixed.reason);
    }
}

/// Applies all lines of the file.
void ReadKeys(TextReader& reader, HpccRun& run, Collected& collected)
{
    std::vector<std::string> unused;
    while (reader.Next())
    {
        const std::string& key = reader.Text(0);
        if (const auto setter = Setters().find(key); setter != Setters().end())
        {
            setter->second(Values(reader), run, collected);
            collected.keys.insert(key);
        }
        else if (ReadParameter(key, Values(reader), run.config, collected))
        {
            collected.keys.insert(key);
        }
        else if (const FixedHpccKey* fixed = FindFixedHpccKey(key))
        {
            CheckFixedKey(Values(reader), *fixed);
        }
        else if (!IsUnusedHpccKey(key))
        {
            reader.Fail(key, "unknown key");
        }
        else if (std::find(unused.begin(), unused.end(), key) == unused.end())
        {
            unused.push_back(key);
        }
    }
    std::string list;
    for (const std::string& key : unused)
    {
        list += (list.empty() ? "" : ", ") + key;
    }
    if (!list.empty())
    {
        run.notes.push_back(reader.File() + ": keys that change nothing here: " + list);
    }
}

/// A file to be read, beside the config or else from the working directory. \return "" where it is in neither
std::string FindInputFile(const std::string& config, const std::string& name)
{
    const std::filesystem::path beside = std::filesystem::path(config).parent_path() / name;
    std::error_code error;
    return std::filesystem::exists(beside, error) ? beside.string() : std::filesystem::exists(name, error) ? name : "";
}

/// FindInputFile(). \throws InputError naming both places
std::string InputFile(const std::string& config, const char* key, const std::string& name)
{
    if (std::string found = FindInputFile(config, name); !found.empty())
    {
        return found;
    }
    const std::filesystem::path beside = std::filesystem::path(config).parent_path() / name;
    throw InputError(config,
                     0,
                     key,
                     beside == name ? "there is no file " + name
                                    : "there is neither " + beside.string() + " (beside the config) nor " + name +
                                          " (from the working directory)");
}

/// A file to be written, beside the config or else, where its folder is not there, from the working directory.
std::string OutputFile(const std::string& config, const std::string& name)
{
    const std::filesystem::path beside = std::filesystem::path(config).parent_path() / name;
    const auto folderExists = [](const std::filesystem::path& file)
    {
        std::error_code error;
        return !file.has_parent_path() || std::filesystem::is_directory(file.parent_path(), error);
    };
    return folderExists(beside) || !folderExists(name) ? beside.string() : name;
}

/// Where the trace's files are. Traced nodes that are nowhere are none, as in the HPCC simulator.
void PlaceTrace(HpccRun& run)
{
    PacketTrace& trace = run.trace;
    if (trace.file.empty())
    {
        trace = PacketTrace();
        return;
    }
    trace.file = OutputFile(run.configFile, trace.file);
    const std::filesystem::path folder = std::filesystem::path(trace.file).parent_path();
    std::error_code error;
    if (!trace.hasRecords && !folder.empty() && !std::filesystem::is_directory(folder, error))
    {
        trace.file.clear(); // for a header alone, no folder is made
    }
    const std::string named = trace.hasRecords ? trace.nodesFile : "";
    trace.nodesFile = named.empty() ? "" : FindInputFile(run.configFile, named);
    if (!named.empty() && trace.nodesFile.empty())
    {
        run.notes.push_back(run.configFile + ": TRACE_FILE: there is no file " + named + ", so no node is traced");
    }
}

} // namespace

HpccRun ReadHpccConfig(const std::string& file, const HpccInputs& inputs)
{
    HpccRun run;
    run.configFile = file;
    run.config = HpccDefaults();
    run.fctFile = "fct.txt";
    run.pfcFile = "pfc.txt";
    Collected collected;
    TextReader reader(file);
    ReadKeys(reader, run, collected);
    const auto input = [&](const char* key, const std::string& given, std::string& name)
    {
        if (!given.empty())
        {
            name = given;
        }
        else if (!collected.keys.count(key))
        {
            throw InputError(file, 0, key, "is missing");
        }
        else
        {
            name = InputFile(file, key, name);
        }
    };
    input("TOPOLOGY_FILE", inputs.topologyFile, run.topologyFile);
    input("FLOW_FILE", inputs.flowFile, run.flowFile);
    run.fctFile = OutputFile(file, run.fctFile);
    run.pfcFile = OutputFile(file, run.pfcFile);
    if (!run.queues.file.empty())
    {
        run.queues.file = OutputFile(file, run.queues.file);
    }
    PlaceTrace(run);
    SetControlParameters(file, collected, run.config);
    const double buffer = collected.bufferSize * static_cast<double>(collected.bufferUnit);
    if (buffer > LARGEST_BUFFER)
    {
        throw InputError(file, 0, "BUFFER_SIZE", "and BUFFER_UNIT make a buffer of more than 10^18 B");
    }
    run.config.bufferBytes = static_cast<uint64_t>(buffer);
    if (!collected.hasWindow)
    {
        run.config.windowBytes = 0;
    }
    for (const auto& [rate, kmax] : collected.kmax)
    {
        const auto bytes = [](double units) { return static_cast<uint64_t>(units) * ECN_UNIT_BYTES; };
        run.config.ecnByRate[rate] = {bytes(collected.kmin[rate]), bytes(kmax), collected.pmax[rate]};
    }
    constexpr double NEVER_SECONDS = 9e9; // beyond what ns can be counted to
    run.stopNs = collected.stopSeconds < NEVER_SECONDS ? HpccSecondsToNs(collected.stopSeconds) : INT64_MAX;
    return run;
}

std::vector<LinkChange> LinkChangesOf(const HpccRun& run, const FabricGraph& fabric)
{
    const HpccLinkDown& down = run.linkDown;
    if (down.timeNs == 0)
    {
        return {};
    }
    for (LinkId link = fabric.LinkCount(); link-- > 0;) // of parallel ones, the last is the one that is used
    {
        if (fabric.Link(link).from == down.a && fabric.Link(link).to == down.b)
        {
            return {{down.timeNs, link, false}};
        }
    }
    throw InputError(run.configFile,
                     0,
                     "LINK_DOWN",
                     "names nodes " + std::to_string(down.a) + " and " + std::to_string(down.b) +
                         ", between which there is no link");
}

} // namespace ns3::m3
