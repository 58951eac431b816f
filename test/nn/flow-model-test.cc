// SPDX-License-Identifier: GPL-2.0-only
// Shapes and mixes of models. Linked with the library m3-learning, unlike most tests.
#include "small-flow-model.h"
#include "temporary-folder.h"

#include "features/feature-schema.h"
#include "features/flow-features.h"
#include "features/input-ranges.h"
#include "nn/flow-model.h"
#include "nn/model-checkpoint.h"
#include "ns3/m3-input-error.h"
#include "training/sample-file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace ns3::m3;

TEST(FlowModelMix, HasTheWeightsOfItsParts)
{
    const FlowFeatures features = DrawFeatures(50, 0.7, 1);
    const FlowFeatures others = DrawFeatures(50, 1, 2);
    FlowModel one(Small(), features, 1);
    FlowModel two(Small(), others, 2);
    const auto ofOne = one.Predict(features, 1);
    const auto ofTwo = two.Predict(features, 1);
    ASSERT_NE(ofOne, ofTwo);
    one.MixWith(two, 1);
    EXPECT_EQ(one.Predict(features, 1), ofOne);
    one.MixWith(two, 0.5);
    const auto mixed = one.Predict(features, 1);
    EXPECT_NE(mixed, ofOne);
    EXPECT_NE(mixed, ofTwo);
    one.MixWith(two, 0);
    EXPECT_EQ(one.Predict(features, 1), ofTwo);
}

TEST(FlowModel, KnowsErrorsOfItsOwnWeightsOnly)
{
    const std::string file = (TemporaryFolder() / "model.pt").string();
    TrainingSamples samples;
    samples.features = DrawFeatures(50, 0.7, 1);
    samples.slowdown.assign(50, 2);
    FlowModel model(Small(), samples.features, 1);
    EXPECT_EQ(model.HeldOut(true).networks, 0U);
    model.SetHeldOut(true, {355, {0.75, 1.25}});
    model.Save(file, false);
    FlowModel read(file);
    EXPECT_EQ(read.HeldOut(true).networks, 355U);
    EXPECT_EQ(read.HeldOut(true).truthOverEstimate.low, 0.75);
    EXPECT_EQ(read.HeldOut(true).truthOverEstimate.high, 1.25);
    EXPECT_EQ(read.HeldOut(false).networks, 0U);
    read.TrainStep(samples, {0, 1, 2}, 1e-3);
    EXPECT_EQ(read.HeldOut(true).networks, 0U) << "after training";
    model.MixWith(read, 0.5);
    EXPECT_EQ(model.HeldOut(true).networks, 0U) << "of a mix";
}

TEST(FlowModelMix, KnowsTheRangesOfBoth)
{
    const FlowFeatures features = DrawFeatures(50, 0.7, 1);
    const FlowFeatures others = DrawFeatures(50, 1, 2);
    FlowModel one(Small(), features, 1);
    FlowModel two(Small(), others, 2);
    FlowModel silent(Small(), others, 3);
    one.SetRanges(RangesOf(features));
    two.SetRanges(RangesOf(others));
    one.MixWith(two, 0.5);
    const InputRanges both = RangesOf(others, RangesOf(features));
    EXPECT_EQ(one.Ranges().flowLow, both.flowLow);
    EXPECT_EQ(one.Ranges().flowHigh, both.flowHigh);
    EXPECT_EQ(one.Ranges().hopLow, both.hopLow);
    EXPECT_EQ(one.Ranges().hopHigh, both.hopHigh);
    one.MixWith(silent, 0.5);
    EXPECT_TRUE(one.Ranges().flowLow.empty()) << "of one part nobody knows";
}

TEST(FlowModelMix, RefusesAnotherShape)
{
    const FlowFeatures features = DrawFeatures(50, 0.7, 1);
    FlowModel one(Small(), features, 1);
    const auto expectRefused = [&](void (*change)(FlowModelShape&))
    {
        FlowModelShape shape = Small();
        change(shape);
        FlowModel two(shape, features, 2);
        EXPECT_THROW(one.MixWith(two, 0.5), InputError);
        EXPECT_THROW(two.MixWith(one, 0.5), InputError);
    };
    expectRefused([](FlowModelShape& shape) { shape.width = 16; });
    expectRefused([](FlowModelShape& shape) { shape.layers++; });
    expectRefused([](FlowModelShape& shape) { shape.perceptrons++; });
    expectRefused([](FlowModelShape& shape) { shape.perceptrons = 0; });
}

TEST(FlowModelShapes, EachIsReadAsItWasWritten)
{
    const FlowFeatures features = DrawFeatures(50, 0.7, 1);
    const std::string file = testing::TempDir() + "flow-model-shapes.pt";
    std::vector<std::vector<float>> all;
    for (const uint32_t layers : {1U, 2U, 3U})
    {
        for (const uint32_t perceptrons : {0U, 1U, 2U})
        {
            FlowModelShape shape = Small();
            shape.layers = layers;
            shape.perceptrons = perceptrons;
            FlowModel model(shape, features, 1);
            all.push_back(model.Predict(features, 1));
            model.Save(file, true);
            FlowModel read(file);
            EXPECT_EQ(read.Architecture(), model.Architecture());
            EXPECT_EQ(read.Predict(features, 2), all.back()) << model.Architecture();
        }
    }
    std::filesystem::remove(file);
    for (std::size_t i = 1; i < all.size(); i++)
    {
        EXPECT_NE(all[i], all[i - 1]) << "a part of shape " << i << " does nothing";
    }
}

TEST(FlowModelShapes, QuantilesRiseAndOtherFlowsChangeNothing)
{
    const FlowFeatures features = DrawFeatures(60, 1, 3);
    FlowModel model(FlowModelShape(), features, 4);
    const auto all = model.Predict(features, 1);
    for (std::size_t i = 0; i < all.size(); i++)
    {
        EXPECT_GE(all[i], i % QUANTILES ? all[i - 1] : 1) << "at " << i;
    }
    // alone, a flow of one link is not padded to the three of others
    FlowFeatures first;
    first.flow.assign(features.flow.begin(), features.flow.begin() + FLOW_INPUTS);
    first.hop.assign(features.hop.begin(), features.hop.begin() + HOP_INPUTS);
    first.hopBegin = {0, 1};
    const auto alone = model.Predict(first, 1);
    for (std::size_t i = 0; i < alone.size(); i++)
    {
        EXPECT_NEAR(alone[i], all[i], 1e-4 * all[i]) << "at " << i;
    }
}

// Inputs that have come since a checkpoint was made change nothing of its answers.
TEST(FlowModel, AnswersByTheInputsThatItHad)
{
    const FlowFeatures features = DrawFeatures(50, 1, 1);
    const std::string file = (TemporaryFolder() / "older.pt").string();
    FlowModel written(Small(), features, 1);
    written.SetRanges(RangesOf(features));
    written.Save(file, false);
    std::ifstream in(file, std::ios::binary);
    FlowCheckpoint blind = ReadFlowCheckpoint(in, file); // looks at neither the last input of a flow nor that of a link
    FlowCheckpoint older = blind;                        // does not have them
    const auto drop = [&](const std::string& name, std::size_t column, std::size_t columns)
    {
        std::vector<float>& zeroed = blind.network.weights.at(name);
        std::vector<float>& dropped = older.network.weights.at(name);
        dropped.clear();
        for (std::size_t i = 0; i < zeroed.size(); i++)
        {
            if (i % columns == column)
            {
                zeroed[i] = 0;
            }
            else
            {
                dropped.push_back(zeroed[i]);
            }
        }
    };
    drop("flow_embedding.weight", FLOW_INPUTS - 1, FLOW_INPUTS + FLOW_DELAYS);
    drop("hop_embedding.weight", HOP_INPUTS - 1, HOP_INPUTS + HOP_DELAYS);
    drop("hidden1.weight", Small().width + FLOW_INPUTS - 1, Small().width + FLOW_INPUTS + FLOW_DELAYS);
    for (const char* scale : {"flow_mean", "flow_scale", "hop_mean", "hop_scale"})
    {
        older.network.weights.at(scale).pop_back();
    }
    InputRanges& ranges = older.ranges;
    for (std::vector<float>* range : {&ranges.flowLow, &ranges.flowHigh, &ranges.hopLow, &ranges.hopHigh})
    {
        range->pop_back();
    }
    FlowModel one(blind, nullptr, file);
    FlowModel two(older, nullptr, file);
    EXPECT_NE(one.Predict(features, 1), written.Predict(features, 1));
    EXPECT_EQ(one.Predict(features, 1), two.Predict(features, 1));
    FlowFeatures more = features;
    more.flow[FLOW_INPUTS - 1] += 100;
    EXPECT_EQ(two.Predict(more, 1), two.Predict(features, 1));
    EXPECT_TRUE(OutOfRange(more, two.Ranges()).empty()) << "it is not an input of the model";
    EXPECT_FALSE(OutOfRange(more, one.Ranges()).empty());
    two.Save(file, false); // as one for the current features
    EXPECT_EQ(FlowModel(file).Predict(features, 1), one.Predict(features, 1));
    older.features = OLDEST_ANSWERING - 1;
    EXPECT_THROW(FlowModel(older, nullptr, file), InputError);
}
