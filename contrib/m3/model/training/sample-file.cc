// SPDX-License-Identifier: GPL-2.0-only
#include "sample-file.h"

#include "core/parts-file.h"
#include "features/feature-schema.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

namespace ns3::m3
{

namespace
{

constexpr PartsFileKind SAMPLES{"flow samples",
                                1,
                                "sample file",
                                "is damaged, or no sample file of m3",
                                "m3sample",
                                "make it again with m3-datagen, in another folder"};

/// How many flows of each default size class there are. \param sizes in bytes
std::vector<uint64_t> FlowsByClass(const std::vector<uint64_t>& sizes)
{
    const SizeClasses classes;
    std::vector<uint64_t> flows(classes.Count(), 0);
    for (const uint64_t size : sizes)
    {
        flows[classes.ClassOf(size)]++;
    }
    return flows;
}

/// What is wrong with samples, "" if nothing is.
std::string FaultOf(const TrainingSamples& samples)
{
    const FlowFeatures& features = samples.features;
    const std::vector<uint32_t>& begins = features.hopBegin;
    const std::size_t flows = features.Count();
    const uint32_t hops = begins.empty() ? 0 : begins.back();
    const auto finite = [](const std::vector<float>& values)
    { return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }); };
    if (!begins.empty() && (begins.front() != 0 ||
                            std::adjacent_find(begins.begin(), begins.end(), std::greater_equal<>()) != begins.end()))
    {
        return "a flow has no links";
    }
    if (features.flow.size() != flows * FLOW_INPUTS || features.hop.size() != std::size_t{hops} * HOP_INPUTS ||
        samples.slowdown.size() != flows || samples.sizeBytes.size() != flows)
    {
        return "its numbers of flows and links do not fit each other";
    }
    if (!finite(features.flow) || !finite(features.hop))
    {
        return "an input is not finite";
    }
    if (!std::all_of(samples.slowdown.begin(),
                     samples.slowdown.end(),
                     [](float value) { return std::isfinite(value) && value >= 1; }))
    {
        return "a slowdown is not finite or below 1";
    }
    if (std::count(samples.sizeBytes.begin(), samples.sizeBytes.end(), 0U) > 0)
    {
        return "a flow has no bytes";
    }
    const std::vector<uint64_t> kept = FlowsByClass(samples.sizeBytes);
    for (std::size_t c = 0; c < samples.classFlows.size(); c++)
    {
        if (samples.classFlows[c] < kept[c] || (samples.classFlows[c] > 0 && kept[c] == 0))
        {
            return "it does not have as many flows of a size class as it says";
        }
    }
    return "";
}

} // namespace

void CountClassFlows(TrainingSamples& samples, const std::vector<uint64_t>& all)
{
    const std::vector<uint64_t> kept = FlowsByClass(samples.sizeBytes);
    samples.classFlows = FlowsByClass(all);
    for (std::size_t c = 0; c < kept.size(); c++)
    {
        samples.classFlows[c] = kept[c] > 0 ? samples.classFlows[c] : 0; // nothing is known of their slowdowns
    }
}

void WriteSamples(const TrainingSamples& samples, const std::string& file)
{
    const std::string fault = FaultOf(samples);
    if (!fault.empty())
    {
        throw InputError(file, 0, "", "is not written: " + fault);
    }
    PartsWriter writer(SAMPLES);
    writer.AddNumber("features", FEATURE_VERSION);
    writer.AddText("scope", samples.scope == Scope::PATHS ? "paths" : "network");
    writer.AddText("description", samples.origin.Description());
    writer.AddText("drawn_by", samples.origin.settings);
    const auto& begins = samples.features.hopBegin;
    writer.AddArray("first_hop", begins.empty() ? std::vector<uint32_t>{0} : begins);
    writer.AddArray("flow", samples.features.flow, FLOW_INPUTS);
    writer.AddArray("hop", samples.features.hop, HOP_INPUTS);
    writer.AddArray("slowdown", samples.slowdown);
    writer.AddArray("size", samples.sizeBytes);
    if (!samples.classFlows.empty())
    {
        writer.AddArray("class_flows", samples.classFlows);
    }
    WriteBytes(writer.Bytes(), file);
}

TrainingSamples ReadSamples(const std::string& file)
{
    std::ifstream in = OpenBinaryFile(file);
    return ReadSamples(in, file);
}

TrainingSamples ReadSamples(std::istream& in, const std::string& name)
{
    PartsReader reader(in, name, SAMPLES);
    const auto version = reader.TakeNumber<uint32_t>("features");
    if (version != FEATURE_VERSION)
    {
        throw InputError(name,
                         0,
                         "",
                         "holds features of version " + std::to_string(version) + ", this program has version " +
                             std::to_string(FEATURE_VERSION));
    }
    TrainingSamples samples;
    samples.checksum = reader.Checksum();
    const std::string scope = reader.TakeText("scope");
    if (scope != "network" && scope != "paths")
    {
        reader.Refuse("its scope is neither network nor paths");
    }
    samples.scope = scope == "paths" ? Scope::PATHS : Scope::NETWORK;
    samples.origin.SetDescription(reader.TakeText("description"));
    samples.origin.settings = reader.TakeText("drawn_by");
    const uint64_t flows = reader.Rows("slowdown");
    samples.features.hopBegin = reader.TakeArray<uint32_t>("first_hop", flows + 1);
    samples.features.flow = reader.TakeArray<float>("flow", flows, FLOW_INPUTS);
    samples.features.hop = reader.TakeArray<float>("hop", samples.features.hopBegin.back(), HOP_INPUTS);
    samples.slowdown = reader.TakeArray<float>("slowdown", flows);
    samples.sizeBytes = reader.TakeArray<uint64_t>("size", flows);
    if (reader.Has("class_flows"))
    {
        samples.classFlows = reader.TakeArray<uint64_t>("class_flows", SizeClasses().Count());
    }
    reader.ExpectNoMore();
    const std::string fault = FaultOf(samples);
    if (!fault.empty())
    {
        reader.Refuse(fault);
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

} // namespace ns3::m3
