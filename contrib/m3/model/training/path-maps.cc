// SPDX-License-Identifier: GPL-2.0-only
#include "path-maps.h"

#include "core/parts-file.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

namespace ns3::m3
{

namespace
{

constexpr PartsFileKind PATH_MAPS{"path maps",
                                  1,
                                  "file of path maps",
                                  "is damaged, or no file of path maps of m3",
                                  "m3pathm1",
                                  "make it again with m3-datagen, in another folder"};

template <typename T>
void Extend(std::vector<T>& all, const std::vector<T>& more)
{
    all.insert(all.end(), more.begin(), more.end());
}

/// Whether all values are finite and at least `least`, or 0 where that is allowed.
bool AllFrom(const std::vector<float>& values, float least, bool orZero = false)
{
    return std::all_of(values.begin(),
                       values.end(),
                       [&](float value) { return std::isfinite(value) && (value >= least || (orZero && value == 0)); });
}

/// What is wrong with path maps, "" if nothing is.
std::string FaultOfMaps(const PathMapSamples& samples)
{
    constexpr uint32_t FEWEST_ROWS = 2;
    const PathMaps& maps = samples.maps;
    const std::vector<uint32_t>& begins = maps.rowBegin;
    if (begins.empty() || begins.front() != 0)
    {
        return "its first path does not begin at its first row";
    }
    const std::size_t paths = maps.Count();
    for (std::size_t path = 0; path < paths; path++)
    {
        if (begins[path + 1] < begins[path] || maps.Rows(path) < FEWEST_ROWS)
        {
            return "a path has fewer than 2 rows";
        }
    }
    if (maps.slowdown.size() != std::size_t{begins.back()} * MAP_ROW_INPUTS ||
        maps.parameters.size() != paths * PATH_PARAMETERS || maps.flows.size() != paths * LABEL_BUCKETS ||
        samples.labels.size() != paths * PATH_LABELS)
    {
        return "its numbers of paths and rows do not fit each other";
    }
    return !AllFrom(maps.slowdown, 1, true) ? "a fluid slowdown is not finite or below 1"
           : !AllFrom(maps.parameters, 0)   ? "a parameter is not finite or below 0"
           : !AllFrom(samples.labels, 1)    ? "a slowdown is not finite or below 1"
                                            : "";
}

} // namespace

void Append(PathMaps& all, const PathMaps& more)
{
    for (std::size_t path = 0; path < more.Count(); path++)
    {
        all.rowBegin.push_back(all.rowBegin.back() + more.Rows(path));
    }
    Extend(all.slowdown, more.slowdown);
    Extend(all.parameters, more.parameters);
    Extend(all.flows, more.flows);
}

bool IsPublishedPathLength(std::size_t links)
{
    return links == 2 || links == 4 || links == 6;
}

std::array<float, PATH_PARAMETERS>
PathParameters(const FabricGraph& fabric, const Route& path, const RdmaConfig& resolved)
{
    if (!IsPublishedPathLength(path.size()))
    {
        throw InputError("the published model knows paths of 2, 4 and 6 links, this one has " +
                         std::to_string(path.size()));
    }
    if (resolved.perPairWindow && !resolved.windowBytes)
    {
        throw InputError("the published model knows one window for all flows, not one per pair of hosts");
    }
    constexpr double PUBLISHED_BPS = 10e9;
    constexpr double MOST_BUFFER = 1000;
    constexpr double BUFFER_UNIT = 10240;
    const uint64_t hostRate = fabric.Link(path.front()).bitsPerSecond;
    const RdmaConfig config = resolved.AtNic(hostRate);
    const double scale = static_cast<double>(hostRate) / PUBLISHED_BPS;
    int64_t delayNs = 0;
    double buffer = std::numeric_limits<double>::infinity();
    for (LinkId link : path)
    {
        delayNs += fabric.Link(link).delayNs;
        const NodeId node = fabric.Link(link).to;
        if (!fabric.IsHost(node))
        {
            const SwitchBuffer of = BufferOfSwitch(fabric, node, config);
            // where the threshold wraps, so does this sum, to the buffer that was set
            buffer = std::min(buffer, static_cast<double>(of.fixedBytes + of.poolBytes) / BUFFER_UNIT);
        }
    }
    const auto kilobytes = [scale](uint64_t bytes)
    { return static_cast<float>(static_cast<double>(bytes) / 1000 / scale); };
    std::array<float, PATH_PARAMETERS> values{};
    values[path.size() / 2 - 1] = 1;
    values[3] = static_cast<float>(2 * static_cast<double>(delayNs) * PUBLISHED_BPS / 8e9 / MTU_PAYLOAD_BYTES);
    values[4] = static_cast<float>(std::min(MOST_BUFFER, buffer / scale));
    values[5] = kilobytes(*config.windowBytes);
    values[config.pfc ? 6 : 7] = 1;
    const EcnProfile marking = EcnProfileOfPort(config, hostRate);
    constexpr double DCQCN_SHARE = 0.4; // of the parameter, at a port of 10 Gb/s: it is meant for 25 Gb/s
    switch (config.congestionControl)
    {
    case CongestionControlType::DCTCP:
        values[8] = 1;
        values[12] = kilobytes(marking.kminBytes);
        break;
    case CongestionControlType::DCQCN:
        values[9] = 1;
        values[13] = static_cast<float>(kilobytes(marking.kminBytes) / DCQCN_SHARE);
        values[14] = static_cast<float>(kilobytes(marking.kmaxBytes) / DCQCN_SHARE);
        break;
    case CongestionControlType::HPCC:
        values[10] = 1;
        values[15] = static_cast<float>(100 * config.hpccEta);
        values[16] = static_cast<float>(static_cast<double>(*config.hpccAiBps) / 10e6 / scale);
        break;
    case CongestionControlType::TIMELY:
        values[11] = 1;
        values[17] = static_cast<float>(config.timelyTLowNs) / 1000;
        values[18] = static_cast<float>(config.timelyTHighNs) / 1000;
        break;
    default:
        throw InputError("the published model knows dctcp, dcqcn, hpcc and timely, not " +
                         CongestionControlName(config.congestionControl));
    }
    return values;
}

void WritePathMaps(const PathMapSamples& samples, const std::string& file)
{
    const std::string fault = FaultOfMaps(samples);
    if (!fault.empty())
    {
        throw InputError(file, 0, "", "is not written: " + fault);
    }
    PartsWriter writer(PATH_MAPS);
    writer.AddText("description", samples.description);
    writer.AddText("drawn_by", samples.drawnBy);
    writer.AddArray("first_row", samples.maps.rowBegin);
    writer.AddArray("slowdown", samples.maps.slowdown, MAP_ROW_INPUTS);
    writer.AddArray("parameters", samples.maps.parameters, PATH_PARAMETERS);
    writer.AddArray("flows", samples.maps.flows, LABEL_BUCKETS);
    writer.AddArray("labels", samples.labels, PATH_LABELS);
    WriteBytes(writer.Bytes(), file);
}

PathMapSamples ReadPathMaps(const std::string& file)
{
    std::ifstream in = OpenBinaryFile(file);
    return ReadPathMaps(in, file);
}

PathMapSamples ReadPathMaps(std::istream& in, const std::string& name)
{
    PartsReader reader(in, name, PATH_MAPS);
    PathMapSamples samples;
    samples.checksum = reader.Checksum();
    samples.description = reader.TakeText("description");
    samples.drawnBy = reader.TakeText("drawn_by");
    const uint64_t paths = reader.Rows("labels");
    samples.maps.rowBegin = reader.TakeArray<uint32_t>("first_row", paths + 1);
    samples.maps.slowdown = reader.TakeArray<float>("slowdown", samples.maps.rowBegin.back(), MAP_ROW_INPUTS);
    samples.maps.parameters = reader.TakeArray<float>("parameters", paths, PATH_PARAMETERS);
    samples.maps.flows = reader.TakeArray<uint32_t>("flows", paths, LABEL_BUCKETS);
    samples.labels = reader.TakeArray<float>("labels", paths, PATH_LABELS);
    reader.ExpectNoMore();
    const std::string fault = FaultOfMaps(samples);
    if (!fault.empty())
    {
        reader.Refuse(fault);
    }
    return samples;
}

} // namespace ns3::m3
