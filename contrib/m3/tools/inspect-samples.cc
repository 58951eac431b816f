// SPDX-License-Identifier: GPL-2.0-only
#include "inspect-samples.h"

#include "ns3/m3-slowdown-report.h"
#include "training/path-map-file.h"
#include "training/sample-file.h"

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <vector>

namespace ns3::m3
{

int InspectSamples(const std::string& folder)
{
    const SizeClasses classes;
    std::vector<uint64_t> flows(classes.Count(), 0);
    const bool hasMaps = HoldsPathMaps(folder);
    for (const std::string& file : SampleFiles(folder, hasMaps ? PATH_MAP_EXTENSION : SAMPLE_EXTENSION))
    {
        std::cout << std::filesystem::path(file).filename().string() << ": ";
        if (hasMaps)
        {
            const PathMapSamples samples = ReadPathMaps(file);
            std::cout << samples.maps.Count() << " paths of " << samples.origin.Description() << '\n';
            for (std::size_t i = 0; i < samples.maps.flows.size(); i++)
            {
                flows[i % LABEL_BUCKETS] += samples.maps.flows[i];
            }
            continue;
        }
        const TrainingSamples samples = ReadSamples(file);
        std::cout << samples.slowdown.size() << " flows of " << samples.origin.Description() << '\n';
        for (uint64_t size : samples.sizeBytes)
        {
            flows[classes.ClassOf(size)]++;
        }
    }
    for (std::size_t i = 0; i < classes.Count(); i++)
    {
        std::cout << classes.Name(i) << ": " << flows[i] << (hasMaps ? " foreground flows\n" : " flows\n");
    }
    return 0;
}

} // namespace ns3::m3
