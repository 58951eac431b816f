// SPDX-License-Identifier: GPL-2.0-only
// What the flows of a network together are off by. Linked with the library m3-learning.
#include "small-flow-model.h"

#include "nn/correction-model.h"
#include "nn/flow-model.h"
#include "nn/pooled-loss.h"
#include "training/sample-file.h"

#include <gtest/gtest.h>

#include <torch/types.h>

#include <cmath>
#include <numeric>

using namespace ns3::m3;

namespace
{

constexpr uint32_t FLOWS = 200;

std::vector<uint32_t> OneNetwork(uint32_t flows = FLOWS)
{
    return std::vector<uint32_t>(flows, 7);
}

torch::Tensor Constant(double value, int64_t columns, int64_t flows = FLOWS)
{
    return torch::full({flows, columns}, value);
}

double LossOf(const torch::Tensor& quantiles, const torch::Tensor& target, const std::vector<uint32_t>& network)
{
    return PooledLoss(quantiles, target, network).item<double>();
}

} // namespace

TEST(PooledLoss, IsNothingWhereFlowsTogetherAreRightThoughNoneIs)
{
    // quantiles 0 to 6 stand for the lower half: every flow is 0 or 1, and half of them are
    auto quantiles = Constant(1, QUANTILES);
    quantiles.slice(1, 0, 7).zero_();
    auto target = Constant(1, 1);
    target.slice(0, 0, FLOWS / 2).zero_();
    EXPECT_NEAR(LossOf(quantiles, target, OneNetwork()), 0, 1e-6);
    EXPECT_NEAR(LossOf(quantiles, Constant(1, 1), OneNetwork()), 0.25, 1e-6) << "2 of 8 parts are off by 1";
}

TEST(PooledLoss, CountsTheTailByItsShareOfThePart)
{
    // the last quantile stands for 0.998 to 1: the part from 0.995 on is off by 0.002 * 10 / 0.005 = 4, the other 7 by
    // 0
    auto quantiles = Constant(0, QUANTILES);
    quantiles.slice(1, QUANTILES - 1, QUANTILES).fill_(10);
    EXPECT_NEAR(LossOf(quantiles, Constant(0, 1), OneNetwork()), 4.0 / 8, 1e-5);
}

TEST(PooledLoss, LooksAtEachNetworkByItself)
{
    // off by 0.4 and by -0.2; all flows together would be off by -0.2 in 2 of 8 parts and by 0.4 in 6, 0.35 in the mean
    const auto quantiles = torch::cat({Constant(0.9, QUANTILES), Constant(0.3, QUANTILES)});
    const auto target = Constant(0.5, 1, 2 * FLOWS);
    std::vector<uint32_t> network(FLOWS, 0);
    network.resize(2 * FLOWS, 1);
    EXPECT_NEAR(LossOf(quantiles, target, network), 0.3, 1e-6);
}

TEST(PooledLoss, PassesOverNetworksOfFewFlows)
{
    const int64_t few = MIN_POOLED_FLOWS - 1;
    EXPECT_EQ(LossOf(Constant(2, QUANTILES, few), Constant(0, 1, few), OneNetwork(few)), 0);
    EXPECT_NEAR(LossOf(Constant(2, QUANTILES, few + 1), Constant(0, 1, few + 1), OneNetwork(few + 1)), 2, 1e-6);
}

TEST(PooledLoss, TakesWhatIsNotKnownOfANetworkOutOfTheSpreadOfItsFlows)
{
    // three networks with the same inputs, whose flows are all fast, slow or between: no input says which it is
    const auto spreadWith = [](double weight)
    {
        TrainingSamples samples;
        samples.features = DrawFeatures(1, 0.5, 3);
        for (uint32_t i = 1; i < 3 * FLOWS; i++)
        {
            Append(samples.features, DrawFeatures(1, 0.5, 3));
        }
        for (uint32_t network = 0; network < 3; network++)
        {
            samples.slowdown.resize((network + 1) * FLOWS, std::exp(0.2F + 0.3F * static_cast<float>(network)));
            samples.network.resize((network + 1) * FLOWS, network);
        }
        std::vector<uint32_t> all(3 * FLOWS);
        std::iota(all.begin(), all.end(), 0U);
        FlowModel model(Small(), samples.features, 1);
        model.SetPooledWeight(weight);
        for (int step = 0; step < 400; step++)
        {
            model.TrainStep(samples, all, 1e-2);
        }
        const std::vector<float> predicted = model.Predict(samples.features, 1);
        return std::log(PredictedQuantile(predicted.data(), 0.9) / PredictedQuantile(predicted.data(), 0.1));
    };
    EXPECT_NEAR(spreadWith(0), 0.6, 0.1) << "the pinball loss wants all three";
    EXPECT_LT(spreadWith(10), 0.2);
}
