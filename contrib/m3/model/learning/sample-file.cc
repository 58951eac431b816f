#include "sample-file.h"

#include "binary-io.h"

#include "ns3/text-file.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace ns3::m3
{

namespace
{

constexpr char MAGIC[8] = {'m', '3', 's', 'a', 'm', 'p', 'l', 'e'};

struct Header
{
    char magic[8];
    uint32_t version;
    uint32_t flowInputs;
    uint32_t hopInputs;
    uint32_t flows;
    uint32_t hops;
    uint32_t descriptionBytes;
};

} // namespace

std::string DataOrigin(const std::string& description)
{
    const std::size_t at = description.rfind(DRAWN_BY);
    return at == std::string::npos ? "unknown" : description.substr(at + std::strlen(DRAWN_BY));
}

void WriteSamples(const TrainingSamples& samples, const std::string& file)
{
    Header header{};
    std::memcpy(header.magic, MAGIC, sizeof MAGIC);
    header.version = FEATURE_VERSION;
    header.flowInputs = FLOW_INPUTS;
    header.hopInputs = HOP_INPUTS;
    header.flows = static_cast<uint32_t>(samples.features.Count());
    header.hops = samples.features.hopBegin.empty() ? 0 : samples.features.hopBegin.back();
    header.descriptionBytes = static_cast<uint32_t>(samples.description.size());
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       out.write(reinterpret_cast<const char*>(&header), sizeof header);
                       out << samples.description;
                       Put(out, samples.features.hopBegin);
                       Put(out, samples.features.flow);
                       Put(out, samples.features.hop);
                       Put(out, samples.slowdown);
                       Put(out, samples.sizeBytes);
                   });
}

TrainingSamples ReadSamples(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    Header header{};
    GetHeader(in, header, MAGIC, file, "is no m3 sample file");
    if (header.version != FEATURE_VERSION || header.flowInputs != FLOW_INPUTS || header.hopInputs != HOP_INPUTS)
    {
        throw InputError(file,
                         0,
                         "",
                         "holds features of version " + std::to_string(header.version) + ", this program has version " +
                             std::to_string(FEATURE_VERSION));
    }
    const std::uintmax_t expected = sizeof header + header.descriptionBytes + 4 * (std::uintmax_t{header.flows} + 1) +
                                    4 * std::uintmax_t{header.flows} * FLOW_INPUTS +
                                    4 * std::uintmax_t{header.hops} * HOP_INPUTS + 12 * std::uintmax_t{header.flows};
    ExpectSize(file, expected);
    TrainingSamples samples;
    samples.description.resize(header.descriptionBytes);
    in.read(samples.description.data(), header.descriptionBytes);
    Get(in, samples.features.hopBegin, header.flows + std::size_t{1});
    Get(in, samples.features.flow, header.flows * std::size_t{FLOW_INPUTS});
    Get(in, samples.features.hop, header.hops * std::size_t{HOP_INPUTS});
    Get(in, samples.slowdown, header.flows);
    Get(in, samples.sizeBytes, header.flows);
    if (!in || samples.features.hopBegin.front() != 0 || samples.features.hopBegin.back() != header.hops ||
        !std::is_sorted(samples.features.hopBegin.begin(), samples.features.hopBegin.end()))
    {
        throw InputError(file, 0, "", "is damaged");
    }
    return samples;
}

std::vector<std::string> SampleFiles(const std::string& folder, const std::string& extension)
{
    std::vector<std::string> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    {
        if (entry.path().extension() == extension)
        {
            files.push_back(entry.path().string());
        }
    }
    if (files.empty())
    {
        throw InputError(folder, 0, "", "has no sample files (*" + extension + "); m3-datagen makes them");
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool HoldsPathMaps(const std::string& folder)
{
    std::error_code none;
    const std::filesystem::directory_iterator entries(folder, none);
    return std::any_of(begin(entries),
                       end(entries),
                       [](const auto& entry) { return entry.path().extension() == PATH_MAP_EXTENSION; });
}

} // namespace ns3::m3
