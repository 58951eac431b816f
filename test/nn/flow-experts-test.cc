// SPDX-License-Identifier: GPL-2.0-only
// Models of several experts and their gate. Linked with the library m3-learning.
#include "small-flow-model.h"
#include "temporary-folder.h"

#include "features/input-ranges.h"
#include "nn/flow-model.h"
#include "nn/model-checkpoint.h"
#include "ns3/m3-input-error.h"
#include "training/sample-file.h"

#include <gtest/gtest.h>

#include <boost/algorithm/string/predicate.hpp>

#include <cmath>
#include <fstream>
#include <numeric>

using namespace ns3::m3;

namespace
{

FlowCheckpoint Checkpoint(const FlowModel& model)
{
    const std::string file = (TemporaryFolder() / "model.pt").string();
    model.Save(file, true);
    std::ifstream in(file, std::ios::binary);
    return ReadFlowCheckpoint(in, file);
}

std::vector<uint32_t> AllOf(const TrainingSamples& samples)
{
    std::vector<uint32_t> all(samples.slowdown.size());
    std::iota(all.begin(), all.end(), 0U);
    return all;
}

/// Inputs whose flows are slow by flowSim already, so that no answer is cut off at a slowdown of 1.
FlowFeatures SlowFlows(uint64_t seed)
{
    FlowFeatures features = DrawFeatures(60, 0.7, seed);
    for (std::size_t i = 0; i < features.Count(); i++)
    {
        features.flow[i * FLOW_INPUTS + LOG_FLUID] = 3;
    }
    return features;
}

} // namespace

TEST(FlowExperts, AnswerByTheMeanOfTheirLogarithmsUntilTheGateIsTrained)
{
    const FlowFeatures features = SlowFlows(1);
    FlowModel one(Small(), features, 1);
    FlowModel two(Small(), DrawFeatures(50, 1, 2), 2); // other scales of the inputs
    FlowModel three(Small(), features, 3);
    const auto ofOne = one.Predict(features, 1);
    const auto ofTwo = two.Predict(features, 1);
    const auto ofThree = three.Predict(features, 1);
    one.JoinWith(two);
    const auto ofBoth = one.Predict(features, 1);
    one.JoinWith(three);
    const auto ofAll = one.Predict(features, 1);
    ASSERT_EQ(ofAll.size(), ofOne.size());
    for (std::size_t i = 0; i < ofOne.size(); i++)
    {
        ASSERT_GT(std::min({ofOne[i], ofTwo[i], ofThree[i]}), 1);
        ASSERT_NEAR(std::log(ofBoth[i]), (std::log(ofOne[i]) + std::log(ofTwo[i])) / 2, 1e-5);
        ASSERT_NEAR(std::log(ofAll[i]), (std::log(ofOne[i]) + std::log(ofTwo[i]) + std::log(ofThree[i])) / 3, 1e-5);
    }
    EXPECT_EQ(one.Architecture(), "per-flow transformer 8x1 on 1 perceptrons, 3 experts");
}

TEST(FlowExperts, GateAloneLearnsWhichExpertKnowsWhichFlows)
{
    // flows with a large first input are as the one says, the others as the other says
    TrainingSamples samples;
    samples.features = SlowFlows(1);
    FlowModel one(Small(), samples.features, 1);
    FlowModel two(Small(), samples.features, 2);
    const auto ofOne = one.Predict(samples.features, 1);
    const auto ofTwo = two.Predict(samples.features, 1);
    for (std::size_t i = 0; i < samples.features.Count(); i++)
    {
        const bool large = samples.features.flow[i * FLOW_INPUTS] > 0.35F;
        samples.slowdown.push_back((large ? ofOne : ofTwo)[i * QUANTILES + QUANTILES / 2]);
    }
    const Weights before = Checkpoint(one).network.weights;
    one.JoinWith(two);
    one.TrainGateAlone();
    const double lossBefore = one.Loss(samples, AllOf(samples));
    for (int step = 0; step < 300; step++)
    {
        one.TrainStep(samples, AllOf(samples), 0.03);
    }
    EXPECT_LT(one.Loss(samples, AllOf(samples)), 0.7 * lossBefore);
    const FlowCheckpoint after = Checkpoint(one);
    ASSERT_EQ(after.shape.experts, 2U);
    for (const auto& [name, values] : before)
    {
        EXPECT_EQ(after.network.weights.at("expert0." + name), values) << name;
    }
    const std::vector<float>& gate = after.network.weights.at("gate_flow.weight"); // [2][inputs]
    EXPECT_GT(gate[0], gate[gate.size() / 2]) << "weight of the first input, of the one and of the other";
}

TEST(FlowExperts, GoOnFromTheStateOfATrainingOfTheGateAlone)
{
    TrainingSamples samples;
    samples.features = SlowFlows(1);
    samples.slowdown.assign(samples.features.Count(), 30);
    FlowModel model(Small(), samples.features, 1);
    model.JoinWith(FlowModel(Small(), samples.features, 2));
    model.TrainGateAlone();
    model.TrainStep(samples, AllOf(samples), 0.03);
    FlowModel read(Checkpoint(model), nullptr, "");
    read.TrainGateAlone();
    for (FlowModel* each : {&model, &read})
    {
        each->TrainStep(samples, AllOf(samples), 0.03);
    }
    EXPECT_EQ(Checkpoint(model).network.weights, Checkpoint(read).network.weights);
    EXPECT_EQ(model.Predict(samples.features, 1), read.Predict(samples.features, 2));
}

TEST(FlowExperts, AllLearnWhereTheGateIsNotAlone)
{
    TrainingSamples samples;
    samples.features = SlowFlows(1);
    samples.slowdown.assign(samples.features.Count(), 30);
    FlowModel model(Small(), samples.features, 1);
    model.JoinWith(FlowModel(Small(), samples.features, 2));
    const Weights before = Checkpoint(model).network.weights;
    model.TrainStep(samples, AllOf(samples), 0.03);
    const Weights after = Checkpoint(model).network.weights;
    for (const char* name : {"expert0.last.bias", "expert1.last.bias", "gate_flow.bias", "gate_hop.weight"})
    {
        EXPECT_NE(after.at(name), before.at(name)) << name;
    }
}

TEST(FlowExperts, KnowTheRangesOfAllAndForgetErrors)
{
    const FlowFeatures features = DrawFeatures(50, 0.7, 1);
    const FlowFeatures others = DrawFeatures(50, 1, 2);
    FlowModel one(Small(), features, 1);
    FlowModel two(Small(), others, 2);
    one.SetRanges(RangesOf(features));
    two.SetRanges(RangesOf(others));
    one.SetTrainedScope(Scope::PATHS);
    one.SetHeldOut(true, {355, {0.75, 1.25}});
    one.JoinWith(two);
    EXPECT_EQ(one.Ranges().flowHigh, RangesOf(others, RangesOf(features)).flowHigh);
    EXPECT_EQ(one.TrainedScope(), Scope::PATHS);
    EXPECT_EQ(one.HeldOut(true).networks, 0U);
}

TEST(FlowExperts, RefusesOtherShapesTooManyAndAGateThatIsNotThere)
{
    const FlowFeatures features = DrawFeatures(50, 0.7, 1);
    FlowModel one(Small(), features, 1);
    EXPECT_THROW(one.TrainGateAlone(), InputError);
    const auto expectRefused = [&](void (*change)(FlowModelShape&))
    {
        FlowModelShape shape = Small();
        change(shape);
        FlowModel two(shape, features, 2);
        EXPECT_THROW(one.JoinWith(two), InputError);
    };
    expectRefused([](FlowModelShape& shape) { shape.width = 16; });
    expectRefused([](FlowModelShape& shape) { shape.heads = 4; });
    expectRefused([](FlowModelShape& shape) { shape.hidden = 16; });
    expectRefused([](FlowModelShape& shape) { shape.layers++; });
    expectRefused([](FlowModelShape& shape) { shape.perceptrons = 0; });
    FlowModelShape shape = Small();
    shape.experts = 8;
    FlowModel eight(shape, features, 2);
    const auto before = eight.Predict(features, 1);
    EXPECT_THROW(eight.JoinWith(one), InputError);
    EXPECT_EQ(eight.Predict(features, 1), before) << "a model that was not joined is as it was";
    shape.experts = 9;
    EXPECT_THROW(FlowModel(shape, features, 2), InputError);
    shape.experts = 0;
    EXPECT_THROW(FlowModel(shape, features, 2), InputError);
}
