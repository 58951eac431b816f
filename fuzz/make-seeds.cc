// SPDX-License-Identifier: GPL-2.0-only
/**
 * Makes the seeds of binary formats, as small as these can be, for fuzz/corpus: once after a format has changed.
 *
 *   ./ns3 build make-seeds && build/bin/make-seeds fuzz/corpus
 */
#include "features/feature-schema.h"
#include "nn/model-checkpoint.h"
#include "training/path-map-file.h"
#include "training/sample-file.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

using namespace ns3::m3;

namespace
{

TrainingSamples Samples()
{
    TrainingSamples samples;
    samples.features.hopBegin = {0, 2, 5};
    samples.features.flow.assign(2 * FLOW_INPUTS, 0.5F);
    samples.features.hop.assign(5 * HOP_INPUTS, 0.25F);
    samples.slowdown = {1, 2.5F};
    samples.sizeBytes = {1000, 1};
    samples.classFlows = {3, 1, 0, 0};
    samples.origin = {"two flows", 1, "0", ""};
    return samples;
}

PathMapSamples PathMapsOfOne()
{
    PathMapSamples samples;
    constexpr uint32_t ROWS = 3; // a path of two links
    samples.maps.rowBegin = {0, ROWS};
    samples.maps.slowdown.assign(std::size_t{ROWS} * MAP_ROW_INPUTS, 1.5F);
    samples.maps.parameters.assign(PATH_PARAMETERS, 1);
    samples.maps.flows = {20, 0, 1, 30};
    samples.labels.assign(PATH_LABELS, 2);
    samples.origin = {"a path", 1, "0", ""};
    return samples;
}

template <typename T>
void Add(std::string& bytes, const T& values)
{
    for (const auto& value : values)
    {
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
}

/// Both files of the published system, the first with its length before it: one block of width 2.
std::string PublishedFiles()
{
    constexpr int32_t ROW_INPUTS = MAP_ROW_INPUTS + PATH_PARAMETERS;
    std::string transformer;
    Add(transformer, std::vector<int32_t>{2, 1, 1, 1, 1, -ROW_INPUTS, 1});
    constexpr std::size_t WEIGHTS = (ROW_INPUTS + 1) * 2 + (4 * 4 + 3 * 2 + 2 * 2) + 2 + 2 + 4;
    Add(transformer, std::vector<float>(WEIGHTS, 0.125F));
    const int32_t outputs = PATH_LABELS;
    std::string perceptron;
    Add(perceptron, std::vector<int32_t>{ROW_INPUTS + 2, 1, 1, outputs, MAP_PERCENTILES});
    Add(perceptron, std::vector<float>(ROW_INPUTS + 2 + 1 + outputs + 1 + 1 + outputs + MAP_PERCENTILES, 0.125F));
    std::string both;
    Add(both, std::vector<uint32_t>{static_cast<uint32_t>(transformer.size())});
    return both + transformer + perceptron;
}

Weights Filled(const std::vector<WeightShape>& shapes)
{
    Weights weights;
    for (const WeightShape& of : shapes)
    {
        weights[of.name].assign(of.rows * of.columns, 0.125F);
    }
    return weights;
}

/// The smallest model of flows, with what a training goes on by.
FlowCheckpoint StateOfTraining(uint32_t experts)
{
    FlowCheckpoint checkpoint;
    checkpoint.shape.experts = experts;
    checkpoint.shape.width = 4;
    checkpoint.shape.heads = 2;
    checkpoint.shape.hidden = 2;
    checkpoint.scope = Scope::PATHS;
    checkpoint.errors[1] = {20, {0.9, 1.1}};
    checkpoint.scale = {40, {0.5, 1}, {1, 2}, {0.1F, 0.2F, -3}, 2.5, {1, 0, 0, 1}, 9};
    checkpoint.network.steps = 3;
    checkpoint.network.description = "seed";
    checkpoint.network.weights = Filled(FlowWeightShapes(checkpoint.shape, FEATURE_VERSION, FLOW_INPUTS, HOP_INPUTS));
    checkpoint.network.training = TrainingState{"data a", "1 0.5", 0.25, 1};
    return checkpoint;
}

PublishedCheckpoint SmallestPublished()
{
    PublishedCheckpoint checkpoint;
    checkpoint.shape.width = 2;
    checkpoint.shape.heads = 1;
    checkpoint.shape.hidden = 1;
    checkpoint.shape.layers = 1;
    checkpoint.shape.perceptron = 1;
    checkpoint.network.description = "seed";
    checkpoint.network.weights = Filled(PublishedWeightShapes(checkpoint.shape));
    return checkpoint;
}

/// The file as it is, and the same cut short, which is refused.
void Write(const std::filesystem::path& folder, const std::string& name, const std::string& bytes)
{
    std::filesystem::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << bytes;
    std::ofstream(folder / (name + "-cut"), std::ios::binary) << bytes.substr(0, bytes.size() - bytes.size() / 4);
}

std::string Bytes(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace

int main(int argc, char* argv[])
{
    if (argc != 2)
    {
        std::fprintf(stderr, "needs the folder of the corpora\n");
        return 1;
    }
    const std::filesystem::path corpus = argv[1];
    std::filesystem::create_directories(corpus);
    const std::string scratch = corpus / "scratch";
    WriteSamples(Samples(), scratch);
    Write(corpus / "samples", "two-flows", Bytes(scratch));
    WritePathMaps(PathMapsOfOne(), scratch);
    Write(corpus / "path-maps", "one-path", Bytes(scratch));
    Write(corpus / "published", "one-block", PublishedFiles());
    Write(corpus / "checkpoints", "flows", CheckpointBytes(StateOfTraining(1)));
    Write(corpus / "checkpoints", "experts", CheckpointBytes(StateOfTraining(2)));
    Write(corpus / "checkpoints", "published", CheckpointBytes(SmallestPublished()));
    std::filesystem::remove(scratch);
    return 0;
}
