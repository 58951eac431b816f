// SPDX-License-Identifier: GPL-2.0-only
// Checkpoints are untrusted: whatever a file holds, it is read as it was written or refused in one line.
#include "core/crafted-parts.h"
#include "temporary-folder.h"

#include "core/random-stream.h"
#include "features/feature-schema.h"
#include "nn/legacy-checkpoint.h"
#include "nn/model-checkpoint.h"

#include <fstream>
#include <limits>

using namespace ns3::m3;

namespace
{

constexpr float NOT_A_NUMBER = std::numeric_limits<float>::quiet_NaN();
constexpr const char* REFUSAL = "is no checkpoint of m3, or damaged: ";

Weights DrawWeights(const std::vector<WeightShape>& shapes, uint64_t seed)
{
    RandomStream random(seed);
    Weights weights;
    for (const WeightShape& shape : shapes)
    {
        for (uint64_t i = 0; i < shape.rows * shape.columns; i++)
        {
            weights[shape.name].push_back(static_cast<float>(random.Uniform(0.1, 1)));
        }
    }
    return weights;
}

/// Of the smallest network, with all that a checkpoint may have. \param training whether with the state of a training
FlowCheckpoint SmallFlow(bool training = false)
{
    FlowCheckpoint checkpoint;
    checkpoint.shape = {2, 1, 1, 1, 1};
    checkpoint.scope = Scope::PATHS;
    checkpoint.ranges = {std::vector<float>(FLOW_INPUTS, -1),
                         std::vector<float>(FLOW_INPUTS, 1),
                         std::vector<float>(HOP_INPUTS, 0),
                         std::vector<float>(HOP_INPUTS, 2)};
    checkpoint.errors = {HeldOutErrors{3, {0.5, 1.5}}, HeldOutErrors{355, {0.83, 1.38}}};
    checkpoint.scale.networks = 50;
    checkpoint.scale.mean = {1, 2};
    checkpoint.scale.deviation = {0.5, 3};
    checkpoint.scale.slope = {0.1F, -0.2F, -3};
    checkpoint.scale.precision = {1, 0.5F, 0.5F, 2};
    checkpoint.scale.factor = 2.5;
    checkpoint.scale.maxDistance = 7;
    for (std::size_t i = 0; i < ERROR_ROWS * ERROR_LEVELS.size(); i++)
    {
        checkpoint.scale.factors.push_back(0.1 * static_cast<double>(i));
    }
    checkpoint.scale.factors[3] = std::nan(""); // not known
    checkpoint.scale.slopes.assign(checkpoint.scale.factors.size() * 3, 0.3F);
    checkpoint.scale.places.assign(50 * 2, -0.25F);
    checkpoint.scale.ratios.assign((1 + checkpoint.scale.factors.size()) * 50, 1.75F);
    checkpoint.scale.ratios[60] = std::nanf(""); // not known
    NetworkCheckpoint& network = checkpoint.network;
    network.steps = 77;
    network.description = "a small one";
    const auto shapes = FlowWeightShapes(checkpoint.shape, FEATURE_VERSION, FLOW_INPUTS, HOP_INPUTS);
    network.weights = DrawWeights(shapes, 1);
    if (training)
    {
        network.optimizer = OptimizerState{76, DrawWeights(shapes, 2), DrawWeights(shapes, 3)};
        for (const char* buffer : {"flow_mean", "flow_scale", "hop_mean", "hop_scale"})
        {
            network.optimizer->mean.erase(buffer);
            network.optimizer->square.erase(buffer);
        }
        network.training = TrainingState{"data: 3 files\n", "step,loss\n", 12.25, 5};
    }
    return checkpoint;
}

PublishedCheckpoint SmallPublished()
{
    PublishedCheckpoint checkpoint;
    checkpoint.shape = {2, 1, 1, 1, 1};
    checkpoint.network.description = "a small one";
    checkpoint.network.weights = DrawWeights(PublishedWeightShapes(checkpoint.shape), 4);
    return checkpoint;
}

std::string ErrorOfFlow(const FlowCheckpoint& checkpoint)
{
    return ErrorOf(CheckpointBytes(checkpoint), ReadFlowCheckpoint);
}

std::string FileBytes(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST(Checkpoint, IsReadAsItWasWritten)
{
    for (const bool training : {false, true})
    {
        const FlowCheckpoint written = SmallFlow(training);
        std::istringstream in(CheckpointBytes(written));
        const FlowCheckpoint read = ReadFlowCheckpoint(in, "file");
        EXPECT_EQ(read.features, FEATURE_VERSION);
        EXPECT_EQ(read.shape.width, 2U);
        EXPECT_EQ(read.shape.layers, 1U);
        EXPECT_EQ(read.scope, Scope::PATHS);
        EXPECT_EQ(read.ranges.flowLow, written.ranges.flowLow);
        EXPECT_EQ(read.ranges.hopHigh, written.ranges.hopHigh);
        EXPECT_EQ(read.errors[1].networks, 355U);
        EXPECT_EQ(read.errors[1].truthOverEstimate.high, 1.38);
        EXPECT_EQ(read.scale.precision, written.scale.precision);
        EXPECT_EQ(read.scale.factor, 2.5);
        ASSERT_EQ(read.scale.factors.size(), written.scale.factors.size());
        EXPECT_EQ(read.scale.factors[7], written.scale.factors[7]);
        EXPECT_TRUE(std::isnan(read.scale.factors[3]));
        EXPECT_EQ(read.scale.slopes, written.scale.slopes);
        EXPECT_EQ(read.scale.places, written.scale.places);
        ASSERT_EQ(read.scale.ratios.size(), written.scale.ratios.size());
        EXPECT_EQ(read.scale.ratios[61], 1.75F);
        EXPECT_TRUE(std::isnan(read.scale.ratios[60]));
        EXPECT_EQ(read.network.steps, 77U);
        EXPECT_EQ(read.network.description, "a small one");
        EXPECT_EQ(read.network.weights, written.network.weights);
        ASSERT_EQ(read.network.optimizer.has_value(), training);
        ASSERT_EQ(read.network.training.has_value(), training);
        if (training)
        {
            EXPECT_EQ(read.network.optimizer->steps, 76U);
            EXPECT_EQ(read.network.optimizer->mean, written.network.optimizer->mean);
            EXPECT_EQ(read.network.optimizer->square, written.network.optimizer->square);
            EXPECT_EQ(read.network.training->settings, "data: 3 files\n");
            EXPECT_EQ(read.network.training->curve, "step,loss\n");
            EXPECT_EQ(read.network.training->lossSum, 12.25);
            EXPECT_EQ(read.network.training->lossSteps, 5U);
        }
        EXPECT_EQ(CheckpointBytes(read), CheckpointBytes(written));
    }
    std::istringstream in(CheckpointBytes(SmallPublished()));
    EXPECT_EQ(CheckpointBytes(ReadPublishedCheckpoint(in, "file")), CheckpointBytes(SmallPublished()));
}

TEST(Checkpoint, AnyDamageIsRefused)
{
    ExpectAnyDamageIsRefused(CheckpointBytes(SmallFlow(true)), ReadFlowCheckpoint);
    // the rest of a published one is large, and read by the same functions
    const std::string bytes = CheckpointBytes(SmallPublished());
    for (std::size_t byte = 0; byte < bytes.size(); byte += 97)
    {
        std::string changed = bytes;
        changed[byte] = static_cast<char>(changed[byte] ^ (1 << byte % 8));
        ASSERT_NE(ErrorOf(changed, ReadPublishedCheckpoint), "") << byte;
        ASSERT_NE(ErrorOf(bytes.substr(0, byte), ReadPublishedCheckpoint), "") << byte;
    }
}

TEST(Checkpoint, CraftedSizesAreRefused)
{
    ExpectCraftedSizesAreRefused(CheckpointBytes(SmallFlow()), "weight.norm.weight", ReadFlowCheckpoint);
    ExpectCraftedSizesAreRefused(CheckpointBytes(SmallPublished()), "weight.norm.weight", ReadPublishedCheckpoint);
}

TEST(Checkpoint, NetworksThatCannotBeAreRefused)
{
    const std::string whole = CheckpointBytes(SmallFlow(true));
    const auto expect = [](const std::string& message, const std::string& bytes)
    {
        const std::string error = ErrorOf(bytes, ReadFlowCheckpoint);
        EXPECT_EQ(error.rfind(std::string("file: ") + REFUSAL, 0), 0U) << error;
        EXPECT_NE(error.find(message), std::string::npos) << error;
    };
    const auto expectOf = [&](const char* size, uint32_t value, const std::string& message)
    { expect(message, WithValue(whole, size, 0, value)); };
    expectOf("heads", 0, "width must be a multiple of the number of heads");
    expectOf("heads", 3, "width must be a multiple of the number of heads");
    expectOf("layers", 0, "layers must be 1 to 32");
    expectOf("layers", 100'000, "layers must be 1 to 32");
    expectOf("perceptrons", UINT32_MAX, "perceptrons 0 to 32");
    expectOf("width", 0, "width must be 1 to 65536");
    expectOf("width", UINT32_MAX, "width must be 1 to 65536");
    expectOf("hidden", 0, "hidden must be 1 to 65536");
    // sizes that a network may have, and this file does not
    const std::string flowInputs = std::to_string(FLOW_INPUTS + FLOW_DELAYS);
    const std::string headInputs = std::to_string(2 + FLOW_INPUTS + FLOW_DELAYS);
    expectOf("width",
             128,
             "its part weight.flow_embedding.weight is 2 x " + flowInputs + " instead of 128 x " + flowInputs);
    expectOf("hidden",
             65'536,
             "its part weight.hidden1.weight is 1 x " + headInputs + " instead of 65536 x " + headInputs);
    expectOf("layers", 2, "it has no part weight.block1.norm1.weight");
    expectOf("perceptrons", 0, "it has no part weight.block0.norm1.weight");
    const auto expectChanged = [&](const std::string& message, void (*change)(FlowCheckpoint&))
    {
        FlowCheckpoint checkpoint = SmallFlow(true);
        change(checkpoint);
        expect(message, CheckpointBytes(checkpoint));
    };
    expectChanged("it has no part weight.norm.weight",
                  [](FlowCheckpoint& c) { c.network.weights.erase("norm.weight"); });
    expectChanged("adam_mean.last.bias", [](FlowCheckpoint& c) { c.network.optimizer->mean.erase("last.bias"); });
    expectChanged("its part hop_high is 0 x 1", [](FlowCheckpoint& c) { c.ranges.hopHigh.clear(); });
    std::string older = WithValue(whole, "features", 0, OLDEST_ANSWERING - 1);
    expect("its part weight.flow_embedding.weight is 2 x " + flowInputs + " instead of 2 x " +
               std::to_string(FLOW_INPUTS + FLOW_DELAYS_BEFORE),
           older);
    FlowCheckpoint silent = SmallFlow();
    silent.ranges = {};
    expect("does not say how many", WithValue(CheckpointBytes(silent), "features", 0, FEATURE_VERSION - 1));

    PublishedCheckpoint published = SmallPublished();
    for (const uint32_t layers : {0U, 33U, 65'535U})
    {
        const std::string bytes = WithValue(CheckpointBytes(published), "layers", 0, layers);
        EXPECT_NE(ErrorOf(bytes, ReadPublishedCheckpoint).find("layers must be 1 to 32"), std::string::npos);
    }
    published.shape.heads = 2; // an odd part of the width for each
    EXPECT_NE(ErrorOf(CheckpointBytes(published), ReadPublishedCheckpoint).find("twice the number of heads"),
              std::string::npos);
}

TEST(Checkpoint, AnArrayTooManyIsRefused)
{
    std::string bytes = CheckpointBytes(SmallFlow());
    PartsWriter writer({"flow model", 2, "", "", "", ""});
    writer.AddArray("extra", std::vector<float>{1});
    const std::string one = writer.Bytes();
    bytes.insert(PARTS_HEADER_BYTES + NumberAt<uint32_t>(bytes, 12) * PARTS_ENTRY_BYTES,
                 one.substr(PARTS_HEADER_BYTES, PARTS_ENTRY_BYTES));
    bytes += one.substr(PARTS_HEADER_BYTES + PARTS_ENTRY_BYTES);
    SetNumber(bytes, 12, NumberAt<uint32_t>(bytes, 12) + 1);
    SetNumber(bytes, 16, static_cast<uint64_t>(bytes.size()));
    MendChecksum(bytes);
    EXPECT_NE(ErrorOf(bytes, ReadFlowCheckpoint).find("it has a part extra too many"), std::string::npos);
}

TEST(Checkpoint, NumbersThatAreNoneAreNeitherReadNorWritten)
{
    const std::string file = (TemporaryFolder() / "not-finite.pt").string();
    for (const float value : {NOT_A_NUMBER, std::numeric_limits<float>::infinity()})
    {
        FlowCheckpoint checkpoint = SmallFlow(true);
        checkpoint.network.weights["last.bias"][3] = value;
        EXPECT_NE(ErrorOfFlow(checkpoint).find("numbers of its part weight.last.bias are not finite"),
                  std::string::npos);
        EXPECT_THROW(WriteCheckpoint(checkpoint, file), InputError);
        checkpoint = SmallFlow(true);
        checkpoint.network.optimizer->square["last.bias"][3] = value;
        EXPECT_NE(ErrorOfFlow(checkpoint).find("adam_square.last.bias are not finite"), std::string::npos);
        EXPECT_THROW(WriteCheckpoint(checkpoint, file), InputError);
        PublishedCheckpoint published = SmallPublished();
        published.network.weights["of_empty_bucket"][0] = value;
        EXPECT_NE(ErrorOf(CheckpointBytes(published), ReadPublishedCheckpoint).find("of_empty_bucket are not finite"),
                  std::string::npos);
        EXPECT_THROW(WriteCheckpoint(published, file), InputError);
    }
    EXPECT_FALSE(std::filesystem::exists(file));
    FlowCheckpoint checkpoint = SmallFlow(true);
    checkpoint.ranges.hopLow[1] = NOT_A_NUMBER;
    EXPECT_NE(ErrorOfFlow(checkpoint).find("hop_low are not finite"), std::string::npos);
    checkpoint = SmallFlow(true);
    checkpoint.ranges.hopLow[1] = 3;
    EXPECT_NE(ErrorOfFlow(checkpoint).find("ends before it begins"), std::string::npos);
    checkpoint = SmallFlow(true);
    checkpoint.network.weights["hop_scale"][1] = 0;
    EXPECT_NE(ErrorOfFlow(checkpoint).find("is not above 0"), std::string::npos);
    checkpoint = SmallFlow(true);
    checkpoint.network.optimizer->square["last.bias"][3] = -1;
    EXPECT_NE(ErrorOfFlow(checkpoint).find("is below 0"), std::string::npos);
    checkpoint = SmallFlow(true);
    checkpoint.network.training->lossSum = NOT_A_NUMBER;
    EXPECT_NE(ErrorOfFlow(checkpoint).find("its loss is not finite"), std::string::npos);
    checkpoint = SmallFlow(true);
    checkpoint.errors[0].truthOverEstimate.low = NOT_A_NUMBER;
    EXPECT_NE(ErrorOfFlow(checkpoint).find("its errors on held-out networks"), std::string::npos);
    for (void (*change)(ErrorScale&) : {+[](ErrorScale& s) { s.factor = NOT_A_NUMBER; },
                                        +[](ErrorScale& s) { s.factor = -1; },
                                        +[](ErrorScale& s) { s.deviation[1] = 0; },
                                        +[](ErrorScale& s) { s.slope[2] = NOT_A_NUMBER; },
                                        +[](ErrorScale& s) { s.precision[3] = NOT_A_NUMBER; },
                                        +[](ErrorScale& s) { s.maxDistance = NOT_A_NUMBER; },
                                        +[](ErrorScale& s) { s.factors[1] = -0.1; },
                                        +[](ErrorScale& s) { s.factors[2] = INFINITY; },
                                        +[](ErrorScale& s) { s.slopes[5] = NOT_A_NUMBER; },
                                        +[](ErrorScale& s) { s.places[5] = NOT_A_NUMBER; },
                                        +[](ErrorScale& s) { s.ratios[2] = -1; },
                                        +[](ErrorScale& s) { s.ratios[3] = INFINITY; }})
    {
        checkpoint = SmallFlow();
        change(checkpoint.scale);
        EXPECT_NE(ErrorOfFlow(checkpoint).find("the scale of its errors cannot be"), std::string::npos);
    }
    checkpoint = SmallFlow();
    checkpoint.scale.slope.pop_back();
    EXPECT_NE(ErrorOfFlow(checkpoint).find("its part error_slope is 2 x 1 instead of 3 x 1"), std::string::npos);
    checkpoint.scale = {}; // not known
    std::istringstream in(CheckpointBytes(checkpoint));
    EXPECT_FALSE(ReadFlowCheckpoint(in, "file").scale.IsKnown());
}

TEST(Checkpoint, SaysWhatElseAFileIs)
{
    EXPECT_NE(ErrorOf(CheckpointBytes(SmallPublished()), ReadFlowCheckpoint).find("is a file of another kind"),
              std::string::npos);
    EXPECT_NE(ErrorOf(CheckpointBytes(SmallFlow()), ReadPublishedCheckpoint).find("is a file of another kind"),
              std::string::npos);
    EXPECT_NE(ErrorOf("PK\3\4...", ReadFlowCheckpoint).find("m3-train convert"), std::string::npos);
    EXPECT_NE(ErrorOf("", ReadFlowCheckpoint).find(REFUSAL), std::string::npos);
    EXPECT_NE(ErrorOf("something else altogether", ReadFlowCheckpoint).find(REFUSAL), std::string::npos);
}

TEST(Checkpoint, ShapesOutOfRangeAreRefused)
{
    EXPECT_NO_THROW(CheckShape(FlowModelShape()));
    EXPECT_NO_THROW(CheckShape(PublishedModelShape()));
    EXPECT_THROW(CheckShape(FlowModelShape{64, 1, 1, 0, 128}), InputError);
    EXPECT_THROW(CheckShape(FlowModelShape{64, 33, 1, 4, 128}), InputError);
    EXPECT_THROW(CheckShape(FlowModelShape{62, 1, 1, 4, 128}), InputError);
    EXPECT_THROW(CheckShape(FlowModelShape{64, 1, 1, 4, 0}), InputError);
    EXPECT_THROW(CheckShape(PublishedModelShape{4, 1, 1, 4, 1}), InputError);
    EXPECT_THROW(CheckShape(PublishedModelShape{8, 1, 1, 4, 0}), InputError);
    EXPECT_THROW(CheckShape(PublishedModelShape{8, 1, 0, 4, 1}), InputError);
    EXPECT_THROW(CheckShape(PublishedModelShape{8, 1, 1, 1U << 31, 1}), InputError); // twice that is 0 in 32 bits
}

// LibTorch does not look at the checksums of its archives; 198 of 200 with a bit changed were taken without a word.
TEST(LegacyCheckpoint, AChangedBitOfANumberIsRefused)
{
    const std::string bytes = FileBytes(std::string(M3_TEST_DIR) + "/nn/checkpoint-features-4.pt");
    ASSERT_EQ(ErrorOf(bytes, CheckArchive), "");
    EXPECT_NE(ErrorOf(bytes.substr(0, bytes.size() / 2), CheckArchive), "");
    EXPECT_NE(ErrorOf("", CheckArchive), "");
    // numbers lie between the signature of their file, at a multiple of 64, and that of the next
    const std::size_t begin = bytes.find("archive/data/30");
    const std::size_t end = bytes.find("PK\3\4", begin);
    ASSERT_LT(begin + 23'552, end);
    for (std::size_t byte = end - 23'552; byte < end; byte += 101)
    {
        std::string changed = bytes;
        changed[byte] = static_cast<char>(changed[byte] ^ (1 << byte % 8));
        ASSERT_NE(ErrorOf(changed, CheckArchive), "") << byte;
    }
}
