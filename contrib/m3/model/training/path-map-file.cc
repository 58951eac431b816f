// SPDX-License-Identifier: GPL-2.0-only
#include "path-map-file.h"

#include "core/parts-file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

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

/// Whether all values are finite and at least `least`, or 0 where that is allowed.
bool AllFrom(const std::vector<float>& values, float min, bool orZero = false)
{
    return std::all_of(values.begin(),
                       values.end(),
                       [&](float value) { return std::isfinite(value) && (value >= min || (orZero && value == 0)); });
}

/// What is wrong with path maps, "" if nothing is.
std::string FaultOfMaps(const PathMapSamples& samples)
{
    constexpr uint32_t MIN_ROWS = 2;
    const PathMaps& maps = samples.maps;
    const std::vector<uint32_t>& begins = maps.rowBegin;
    if (begins.empty() || begins.front() != 0)
    {
        return "its first path does not begin at its first row";
    }
    const std::size_t paths = maps.Count();
    for (std::size_t path = 0; path < paths; path++)
    {
        if (begins[path + 1] < begins[path] || maps.Rows(path) < MIN_ROWS)
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

void WritePathMaps(const PathMapSamples& samples, const std::string& file)
{
    const std::string fault = FaultOfMaps(samples);
    if (!fault.empty())
    {
        throw InputError(file, 0, "", "is not written: " + fault);
    }
    PartsWriter writer(PATH_MAPS);
    writer.AddText("description", samples.origin.Description());
    writer.AddText("drawn_by", samples.origin.settings);
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
    samples.origin.SetDescription(reader.TakeText("description"));
    samples.origin.settings = reader.TakeText("drawn_by");
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

bool HoldsPathMaps(const std::string& folder)
{
    std::error_code none;
    const std::filesystem::directory_iterator entries(folder, none);
    return std::any_of(begin(entries),
                       end(entries),
                       [](const auto& entry) { return entry.path().extension() == PATH_MAP_EXTENSION; });
}

} // namespace ns3::m3
