#include "path-maps.h"

#include "binary-io.h"

#include "ns3/text-file.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>

namespace ns3::m3
{

namespace
{

constexpr char MAGIC[8] = {'m', '3', 'p', 'a', 't', 'h', 'm', '1'};

struct Header
{
    char magic[8];
    uint32_t paths;
    uint32_t rows;
    uint32_t descriptionBytes;
};

template <typename T>
void Extend(std::vector<T>& all, const std::vector<T>& more)
{
    all.insert(all.end(), more.begin(), more.end());
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
PathParameters(const FabricGraph& fabric, const Route& path, const RdmaConfig& config)
{
    if (!IsPublishedPathLength(path.size()))
    {
        throw InputError("the published model knows paths of 2, 4 and 6 links, this one has " +
                         std::to_string(path.size()));
    }
    constexpr double PUBLISHED_BPS = 10e9;
    constexpr double MOST_BUFFER = 1000;
    constexpr double BUFFER_UNIT = 10240;
    const uint64_t hostRate = fabric.Link(path.front()).bitsPerSecond;
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
    const EcnProfile marking = EcnProfileOfPort(config, hostRate, fabric.HostRate());
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
    Header header{};
    std::memcpy(header.magic, MAGIC, sizeof MAGIC);
    header.paths = static_cast<uint32_t>(samples.maps.Count());
    header.rows = samples.maps.rowBegin.back();
    header.descriptionBytes = static_cast<uint32_t>(samples.description.size());
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       out.write(reinterpret_cast<const char*>(&header), sizeof header);
                       out << samples.description;
                       Put(out, samples.maps.rowBegin);
                       Put(out, samples.maps.slowdown);
                       Put(out, samples.maps.parameters);
                       Put(out, samples.maps.flows);
                       Put(out, samples.labels);
                   });
}

PathMapSamples ReadPathMaps(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    Header header{};
    GetHeader(in, header, MAGIC, file, "is no m3 file of path maps, or one of another version");
    constexpr std::uintmax_t PER_PATH = 4 * (1 + PATH_PARAMETERS + LABEL_BUCKETS + PATH_LABELS);
    const std::uintmax_t expected = sizeof header + header.descriptionBytes + 4 + header.paths * PER_PATH +
                                    4 * std::uintmax_t{header.rows} * MAP_ROW_INPUTS;
    ExpectSize(file, expected);
    PathMapSamples samples;
    samples.description.resize(header.descriptionBytes);
    in.read(samples.description.data(), header.descriptionBytes);
    Get(in, samples.maps.rowBegin, header.paths + std::size_t{1});
    Get(in, samples.maps.slowdown, std::size_t{header.rows} * MAP_ROW_INPUTS);
    Get(in, samples.maps.parameters, std::size_t{header.paths} * PATH_PARAMETERS);
    Get(in, samples.maps.flows, std::size_t{header.paths} * LABEL_BUCKETS);
    Get(in, samples.labels, std::size_t{header.paths} * PATH_LABELS);
    const auto& begins = samples.maps.rowBegin;
    if (!in || begins.front() != 0 || begins.back() != header.rows || !std::is_sorted(begins.begin(), begins.end()))
    {
        throw InputError(file, 0, "", "is damaged");
    }
    return samples;
}

} // namespace ns3::m3
