// Mixing the weights of models. Linked with the library m3-learning, unlike most tests.
#include "ns3/flow-model.h"
#include "ns3/input-error.h"
#include "ns3/random-stream.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

/// Inputs drawn from 0 to `largest`, at most 1; flow i has 1 + i % 3 links.
FlowFeatures DrawFeatures(uint32_t flows, double largest, uint64_t seed)
{
    RandomStream random(seed);
    FlowFeatures features;
    features.hopBegin.push_back(0);
    for (uint32_t i = 0; i < flows; i++)
    {
        features.hopBegin.push_back(features.hopBegin.back() + 1 + i % 3);
    }
    const auto draw = [&](std::vector<float>& to, std::size_t count)
    {
        for (std::size_t k = 0; k < count; k++)
        {
            to.push_back(static_cast<float>(largest * random.Uniform()));
        }
    };
    draw(features.flow, std::size_t{flows} * FLOW_INPUTS);
    draw(features.hop, std::size_t{features.hopBegin.back()} * HOP_INPUTS);
    return features;
}

FlowModelShape Small()
{
    FlowModelShape shape;
    shape.width = 8;
    shape.heads = 2;
    shape.hidden = 8;
    return shape;
}

} // namespace

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
    FlowModelShape wide = Small();
    wide.width = 16;
    FlowModel two(wide, features, 2);
    EXPECT_THROW(one.MixWith(two, 0.5), InputError);
}
