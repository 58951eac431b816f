// SPDX-License-Identifier: GPL-2.0-only
#include "model-checkpoint.h"

#include "features/path-maps.h"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace ns3::m3
{

namespace
{

constexpr const char* CHECKPOINT_REFUSAL = "is no checkpoint of m3, or damaged";
constexpr const char* CHECKPOINT_REMEDY = "m3-train convert OLD NEW converts it";
constexpr const char* ARCHIVE_OF_LIBTORCH = "PK";
constexpr PartsFileKind FLOW_CHECKPOINT{"flow model",
                                        2,
                                        "checkpoint",
                                        CHECKPOINT_REFUSAL,
                                        ARCHIVE_OF_LIBTORCH,
                                        CHECKPOINT_REMEDY};
constexpr PartsFileKind PUBLISHED_CHECKPOINT{"published model",
                                             2,
                                             "checkpoint",
                                             CHECKPOINT_REFUSAL,
                                             ARCHIVE_OF_LIBTORCH,
                                             CHECKPOINT_REMEDY};

constexpr uint32_t MAX_INPUTS = 1 << 10; // of older features

constexpr const char* EXPERTS = "experts"; // not in files before there were several
constexpr const char* WEIGHT = "weight.";
constexpr const char* ADAM_MEAN = "adam_mean.";
constexpr const char* ADAM_SQUARE = "adam_square.";

bool AllFinite(const std::vector<float>& values)
{
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

/// Of each expert, where a network has several.
bool IsScale(const std::string& weight)
{
    return boost::ends_with(weight, "flow_scale") || boost::ends_with(weight, "hop_scale");
}

bool IsBuffer(const std::string& weight)
{
    return IsScale(weight) || boost::ends_with(weight, "flow_mean") || boost::ends_with(weight, "hop_mean");
}

/// Calls `use` with the number of each part of a shape.
template <typename Shape, typename Use>
void ForEachSize(Shape& shape, const FlowModelShape*, const Use& use)
{
    use("width", shape.width);
    use("perceptrons", shape.perceptrons);
    use("layers", shape.layers);
    use("heads", shape.heads);
    use("hidden", shape.hidden);
    use(EXPERTS, shape.experts);
}

template <typename Shape, typename Use>
void ForEachSize(Shape& shape, const PublishedModelShape*, const Use& use)
{
    use("width", shape.width);
    use("hidden", shape.hidden);
    use("layers", shape.layers);
    use("heads", shape.heads);
    use("perceptron", shape.perceptron);
}

template <typename Shape>
void WriteShape(PartsWriter& writer, const Shape& shape)
{
    ForEachSize(shape,
                &shape,
                [&writer](const char* name, uint32_t size)
                {
                    if (size != 1 || std::string(name) != EXPERTS)
                    {
                        writer.AddNumber(name, size);
                    }
                });
}

/// What is wrong with a network goes into the message about the file.
template <typename Shape>
Shape ReadShape(PartsReader& reader)
{
    Shape shape;
    ForEachSize(shape,
                &shape,
                [&reader](const char* name, uint32_t& size)
                {
                    if (reader.Has(name) || std::string(name) != EXPERTS)
                    {
                        size = reader.TakeNumber<uint32_t>(name);
                    }
                });
    try
    {
        CheckShape(shape);
    }
    catch (const InputError& error)
    {
        reader.Refuse(error.what());
    }
    return shape;
}

/// Calls `use` with each part of ranges and its name in a checkpoint.
template <typename Ranges, typename Use>
void ForEachRange(Ranges& ranges, const Use& use)
{
    use("flow_low", ranges.flowLow);
    use("flow_high", ranges.flowHigh);
    use("hop_low", ranges.hopLow);
    use("hop_high", ranges.hopHigh);
}

void WriteNetwork(PartsWriter& writer, const NetworkCheckpoint& network, const std::vector<WeightShape>& shapes)
{
    writer.AddNumber("steps", network.steps);
    writer.AddText("description", network.description);
    const auto add = [&](const char* prefix, const Weights& weights)
    {
        for (const WeightShape& shape : shapes)
        {
            const auto found = weights.find(shape.name);
            if (found != weights.end())
            {
                writer.AddArray(prefix + shape.name, found->second, shape.columns);
            }
        }
    };
    add(WEIGHT, network.weights);
    if (network.optimizer)
    {
        writer.AddNumber("adam_steps", network.optimizer->steps);
        add(ADAM_MEAN, network.optimizer->mean);
        add(ADAM_SQUARE, network.optimizer->square);
    }
    if (network.training)
    {
        writer.AddText("settings", network.training->settings);
        writer.AddText("curve", network.training->curve);
        writer.AddNumber("loss_sum", network.training->lossSum);
        writer.AddNumber("loss_steps", network.training->lossSteps);
    }
}

/// Takes an array of finite numbers.
std::vector<float> TakeFinite(PartsReader& reader, const std::string& name, uint64_t rows, uint64_t columns)
{
    std::vector<float> values = reader.TakeArray<float>(name, rows, columns);
    if (!AllFinite(values))
    {
        reader.Refuse("numbers of its part " + name + " are not finite");
    }
    return values;
}

NetworkCheckpoint ReadNetwork(PartsReader& reader, const std::vector<WeightShape>& shapes)
{
    NetworkCheckpoint network;
    network.steps = reader.TakeNumber<uint64_t>("steps");
    network.description = reader.TakeText("description");
    for (const WeightShape& shape : shapes)
    {
        auto& values = network.weights[shape.name];
        values = TakeFinite(reader, WEIGHT + shape.name, shape.rows, shape.columns);
        if (IsScale(shape.name) && std::any_of(values.begin(), values.end(), [](float scale) { return scale <= 0; }))
        {
            reader.Refuse("a scale of its inputs is not above 0");
        }
    }
    if (reader.Has("adam_steps"))
    {
        OptimizerState& optimizer = network.optimizer.emplace();
        optimizer.steps = reader.TakeNumber<uint64_t>("adam_steps");
        const auto take = [&](const char* prefix, Weights& values)
        {
            for (const WeightShape& shape : shapes)
            {
                if (!IsBuffer(shape.name))
                {
                    values[shape.name] = TakeFinite(reader, prefix + shape.name, shape.rows, shape.columns);
                }
            }
        };
        take(ADAM_MEAN, optimizer.mean);
        take(ADAM_SQUARE, optimizer.square);
        for (const auto& [name, values] : optimizer.square)
        {
            if (std::any_of(values.begin(), values.end(), [](float value) { return value < 0; }))
            {
                reader.Refuse("a square in its part " + (ADAM_SQUARE + name) + " is below 0");
            }
        }
    }
    if (reader.Has("settings"))
    {
        TrainingState& training = network.training.emplace();
        training.settings = reader.TakeText("settings");
        training.curve = reader.TakeText("curve");
        training.lossSum = reader.TakeNumber<double>("loss_sum");
        training.lossSteps = reader.TakeNumber<uint64_t>("loss_steps");
        if (!std::isfinite(training.lossSum))
        {
            reader.Refuse("its loss is not finite");
        }
    }
    return network;
}

/// Ranges, and how many inputs there were.
InputRanges ReadRanges(PartsReader& reader, uint32_t features)
{
    InputRanges ranges;
    const bool known = reader.Has("flow_low");
    if (!known && features != FEATURE_VERSION)
    {
        reader.Refuse("it is of older features and does not say how many");
    }
    if (!known)
    {
        return ranges;
    }
    const bool current = features == FEATURE_VERSION;
    const uint64_t flow = current ? FLOW_INPUTS : reader.Rows("flow_low");
    const uint64_t hop = current ? HOP_INPUTS : reader.Rows("hop_low");
    if (flow == 0 || hop == 0 || flow > MAX_INPUTS || hop > MAX_INPUTS ||
        (!current && (flow > FLOW_INPUTS || hop > HOP_INPUTS)))
    {
        reader.Refuse("its number of inputs cannot be");
    }
    ForEachRange(ranges,
                 [&](const std::string& name, std::vector<float>& values)
                 { values = TakeFinite(reader, name, name[0] == 'f' ? flow : hop, 1); });
    const auto ordered = [](const std::vector<float>& low, const std::vector<float>& high)
    { return std::equal(low.begin(), low.end(), high.begin(), [](float a, float b) { return a <= b; }); };
    if (!ordered(ranges.flowLow, ranges.flowHigh) || !ordered(ranges.hopLow, ranges.hopHigh))
    {
        reader.Refuse("a range of its inputs ends before it begins");
    }
    return ranges;
}

std::array<HeldOutErrors, 2> ReadErrors(PartsReader& reader)
{
    std::array<HeldOutErrors, 2> errors;
    const auto networks = reader.TakeArray<uint32_t>("held_out_networks", errors.size());
    const auto factors = reader.TakeArray<double>("held_out_factors", errors.size(), 2);
    for (std::size_t i = 0; i < errors.size(); i++)
    {
        const double low = factors[2 * i];
        const double high = factors[2 * i + 1];
        if (!std::isfinite(high) || !(low >= 0 && low <= high))
        {
            reader.Refuse("its errors on held-out networks cannot be");
        }
        errors[i] = {networks[i], {low, high}};
    }
    return errors;
}

ErrorScale ReadScale(PartsReader& reader)
{
    ErrorScale scale;
    if (!reader.Has("error_networks"))
    {
        return scale;
    }
    const auto isFinite = [](const std::vector<float>& values)
    { return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }); };
    scale.networks = reader.TakeNumber<uint32_t>("error_networks");
    const uint64_t size = reader.Rows("error_mean");
    scale.mean = reader.TakeArray<float>("error_mean", size);
    scale.deviation = reader.TakeArray<float>("error_deviation", size);
    scale.slope = reader.TakeArray<float>("error_slope", size + 1);
    scale.precision = reader.TakeArray<float>("error_precision", size, size);
    scale.factor = reader.TakeNumber<double>("error_factor");
    scale.maxDistance = reader.TakeNumber<double>("error_distance");
    if (reader.Has("error_factors"))
    {
        scale.factors = reader.TakeArray<double>("error_factors", ERROR_ROWS, ERROR_LEVELS.size());
        scale.slopes = reader.TakeArray<float>("error_slopes", scale.factors.size(), size + 1);
    }
    if (reader.Has("error_places"))
    {
        scale.places = reader.TakeArray<float>("error_places", scale.networks, size);
        scale.ratios = reader.TakeArray<float>("error_ratios", 1 + scale.factors.size(), scale.networks);
    }
    const bool isPositive =
        std::all_of(scale.deviation.begin(), scale.deviation.end(), [](float value) { return value > 0; });
    if (scale.networks == 0 || size == 0 || !isPositive || !isFinite(scale.mean) || !isFinite(scale.deviation) ||
        !isFinite(scale.slope) || !isFinite(scale.slopes) || !isFinite(scale.precision) || !isFinite(scale.places) ||
        std::any_of(scale.ratios.begin(), scale.ratios.end(), [](float r) { return r < 0 || std::isinf(r); }) ||
        !std::isfinite(scale.factor) || scale.factor < 0 || !std::isfinite(scale.maxDistance) ||
        std::any_of(scale.factors.begin(), scale.factors.end(), [](double f) { return f < 0 || std::isinf(f); }))
    {
        reader.Refuse("the scale of its errors cannot be");
    }
    return scale;
}

void WriteScale(PartsWriter& writer, const ErrorScale& scale)
{
    if (scale.networks == 0)
    {
        return;
    }
    writer.AddNumber("error_networks", scale.networks);
    writer.AddArray("error_mean", scale.mean);
    writer.AddArray("error_deviation", scale.deviation);
    writer.AddArray("error_slope", scale.slope);
    writer.AddArray("error_precision", scale.precision, scale.mean.size());
    writer.AddNumber("error_factor", scale.factor);
    writer.AddNumber("error_distance", scale.maxDistance);
    if (!scale.factors.empty())
    {
        writer.AddArray("error_factors", scale.factors, ERROR_LEVELS.size());
        writer.AddArray("error_slopes", scale.slopes, scale.mean.size() + 1);
    }
    if (!scale.places.empty())
    {
        writer.AddArray("error_places", scale.places, scale.mean.size());
        writer.AddArray("error_ratios", scale.ratios, scale.networks);
    }
}

std::vector<WeightShape> WeightShapesOf(const FlowCheckpoint& checkpoint)
{
    const bool known = !checkpoint.ranges.flowLow.empty();
    return FlowWeightShapes(checkpoint.shape,
                            checkpoint.features,
                            known ? checkpoint.ranges.flowLow.size() : FLOW_INPUTS,
                            known ? checkpoint.ranges.hopLow.size() : HOP_INPUTS);
}

void AddLinear(std::vector<WeightShape>& shapes, const std::string& name, uint64_t in, uint64_t out)
{
    shapes.push_back({name + ".weight", out, in});
    shapes.push_back({name + ".bias", out, 1});
}

void AddNorm(std::vector<WeightShape>& shapes, const std::string& name, uint64_t width)
{
    shapes.push_back({name + ".weight", width, 1});
    shapes.push_back({name + ".bias", width, 1});
}

/// Numbers of inputs of a network, and of these with the delays that it computes of them.
struct InputCounts
{
    uint64_t flow;
    uint64_t hop;
    uint64_t flowAll;
    uint64_t hopAll;
};

/// One of the networks of a FlowModel. \param prefix of its names
void AddExpert(std::vector<WeightShape>& shapes,
               const std::string& prefix,
               const FlowModelShape& shape,
               const InputCounts& inputs)
{
    const uint64_t width = shape.width;
    shapes.push_back({prefix + "flow_mean", inputs.flow, 1});
    shapes.push_back({prefix + "flow_scale", inputs.flow, 1});
    shapes.push_back({prefix + "hop_mean", inputs.hop, 1});
    shapes.push_back({prefix + "hop_scale", inputs.hop, 1});
    AddLinear(shapes, prefix + "flow_embedding", inputs.flowAll, width);
    AddLinear(shapes, prefix + "hop_embedding", inputs.hopAll, width);
    for (uint32_t i = 0; i < shape.perceptrons; i++)
    {
        const std::string name = prefix + "hop_perceptron" + std::to_string(i);
        AddLinear(shapes, name + ".up", width, 2 * width);
        AddLinear(shapes, name + ".down", 2 * width, width);
    }
    for (uint32_t i = 0; i < shape.layers; i++)
    {
        const std::string name = prefix + "block" + std::to_string(i);
        AddNorm(shapes, name + ".norm1", width);
        AddNorm(shapes, name + ".norm2", width);
        AddLinear(shapes, name + ".qkv", width, 3 * width);
        AddLinear(shapes, name + ".out", width, width);
        AddLinear(shapes, name + ".up", width, 2 * width);
        AddLinear(shapes, name + ".down", 2 * width, width);
    }
    AddNorm(shapes, prefix + "norm", width);
    AddLinear(shapes, prefix + "hidden1", width + inputs.flowAll, shape.hidden);
    AddLinear(shapes, prefix + "hidden2", shape.hidden, shape.hidden);
    AddLinear(shapes, prefix + "last", shape.hidden, QUANTILES);
}

FlowCheckpoint ReadFlow(std::istream& in, const std::string& name, const PartsFileKind& kind)
{
    PartsReader reader(in, name, kind);
    FlowCheckpoint checkpoint;
    checkpoint.features = reader.TakeNumber<uint32_t>("features");
    if (checkpoint.features < OLDEST_FEATURES || checkpoint.features > FEATURE_VERSION)
    {
        throw InputError(name, 0, "", OTHER_FEATURES);
    }
    const std::string scope = reader.TakeText("scope");
    if (scope != "network" && scope != "paths")
    {
        reader.Refuse("its scope is neither network nor paths");
    }
    checkpoint.scope = scope == "paths" ? Scope::PATHS : Scope::NETWORK;
    checkpoint.shape = ReadShape<FlowModelShape>(reader);
    checkpoint.ranges = ReadRanges(reader, checkpoint.features);
    checkpoint.errors = ReadErrors(reader);
    checkpoint.scale = ReadScale(reader);
    checkpoint.network = ReadNetwork(reader, WeightShapesOf(checkpoint));
    reader.ExpectNoMore();
    return checkpoint;
}

PublishedCheckpoint ReadPublished(std::istream& in, const std::string& name, const PartsFileKind& kind)
{
    PartsReader reader(in, name, kind);
    PublishedCheckpoint checkpoint;
    checkpoint.shape = ReadShape<PublishedModelShape>(reader);
    checkpoint.network = ReadNetwork(reader, PublishedWeightShapes(checkpoint.shape));
    reader.ExpectNoMore();
    return checkpoint;
}

/// Writes a file that `read` reads. \throws what it throws, DamagedFileError for what it refuses
template <typename Read>
void WriteReadable(const std::string& bytes, const std::string& file, PartsFileKind kind, const Read& read)
{
    kind.refusal = "is not written";
    std::istringstream in(bytes);
    read(in, file, kind);
    WriteBytes(bytes, file);
}

} // namespace

std::string ExpertName(uint32_t expert)
{
    return "expert" + std::to_string(expert);
}

std::vector<WeightShape>
FlowWeightShapes(const FlowModelShape& shape, uint32_t features, uint64_t flowInputs, uint64_t hopInputs)
{
    const bool hasAll = features >= OLDEST_ANSWERING;
    const uint64_t flowAll = flowInputs + (hasAll ? FLOW_DELAYS : FLOW_DELAYS_BEFORE);
    const uint64_t hopAll = hopInputs + (hasAll ? HOP_DELAYS : HOP_DELAYS_BEFORE);
    std::vector<WeightShape> shapes;
    if (shape.experts == 1)
    {
        AddExpert(shapes, "", shape, {flowInputs, hopInputs, flowAll, hopAll});
        return shapes;
    }
    for (uint32_t expert = 0; expert < shape.experts; expert++)
    {
        AddExpert(shapes, ExpertName(expert) + '.', shape, {flowInputs, hopInputs, flowAll, hopAll});
    }
    AddLinear(shapes, "gate_flow", flowAll, shape.experts);
    AddLinear(shapes, "gate_hop", hopAll, shape.experts);
    return shapes;
}

std::vector<WeightShape> PublishedWeightShapes(const PublishedModelShape& shape)
{
    constexpr uint64_t ROW_INPUTS = MAP_ROW_INPUTS + PATH_PARAMETERS;
    const uint64_t width = shape.width;
    const uint64_t hidden = shape.hidden;
    std::vector<WeightShape> shapes{{"of_empty_bucket", MAP_PERCENTILES, 1}};
    AddLinear(shapes, "embedding", ROW_INPUTS, width);
    for (uint32_t i = 0; i < shape.layers; i++)
    {
        const std::string name = "block" + std::to_string(i);
        shapes.push_back({name + ".attention_norm.weight", width, 1});
        for (const char* square : {".wq", ".wk", ".wv", ".wo"})
        {
            shapes.push_back({name + square + ".weight", width, width});
        }
        shapes.push_back({name + ".perceptron_norm.weight", width, 1});
        shapes.push_back({name + ".w1.weight", hidden, width});
        shapes.push_back({name + ".w2.weight", width, hidden});
        shapes.push_back({name + ".w3.weight", hidden, width});
    }
    shapes.push_back({"norm.weight", width, 1});
    shapes.push_back({"context.weight", width, width});
    AddLinear(shapes, "perceptron1", ROW_INPUTS + width, shape.perceptron);
    AddLinear(shapes, "perceptron2", shape.perceptron, shape.perceptron);
    AddLinear(shapes, "perceptron3", shape.perceptron, PATH_LABELS);
    return shapes;
}

std::string CheckpointBytes(const FlowCheckpoint& checkpoint)
{
    PartsWriter writer(FLOW_CHECKPOINT);
    writer.AddNumber("features", checkpoint.features);
    writer.AddText("scope", checkpoint.scope == Scope::PATHS ? "paths" : "network");
    WriteShape(writer, checkpoint.shape);
    if (!checkpoint.ranges.flowLow.empty())
    {
        ForEachRange(checkpoint.ranges,
                     [&writer](const char* name, const std::vector<float>& values) { writer.AddArray(name, values); });
    }
    std::vector<uint32_t> networks;
    std::vector<double> factors;
    for (const HeldOutErrors& of : checkpoint.errors)
    {
        networks.push_back(of.networks);
        factors.push_back(of.truthOverEstimate.low);
        factors.push_back(of.truthOverEstimate.high);
    }
    writer.AddArray("held_out_networks", networks);
    writer.AddArray("held_out_factors", factors, 2);
    WriteScale(writer, checkpoint.scale);
    WriteNetwork(writer, checkpoint.network, WeightShapesOf(checkpoint));
    return writer.Bytes();
}

void WriteCheckpoint(const FlowCheckpoint& checkpoint, const std::string& file)
{
    WriteReadable(CheckpointBytes(checkpoint), file, FLOW_CHECKPOINT, ReadFlow);
}

FlowCheckpoint ReadFlowCheckpoint(std::istream& in, const std::string& name)
{
    return ReadFlow(in, name, FLOW_CHECKPOINT);
}

std::string CheckpointBytes(const PublishedCheckpoint& checkpoint)
{
    PartsWriter writer(PUBLISHED_CHECKPOINT);
    WriteShape(writer, checkpoint.shape);
    WriteNetwork(writer, checkpoint.network, PublishedWeightShapes(checkpoint.shape));
    return writer.Bytes();
}

void WriteCheckpoint(const PublishedCheckpoint& checkpoint, const std::string& file)
{
    WriteReadable(CheckpointBytes(checkpoint), file, PUBLISHED_CHECKPOINT, ReadPublished);
}

PublishedCheckpoint ReadPublishedCheckpoint(std::istream& in, const std::string& name)
{
    return ReadPublished(in, name, PUBLISHED_CHECKPOINT);
}

} // namespace ns3::m3
