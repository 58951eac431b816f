// SPDX-License-Identifier: GPL-2.0-only
// What predicted percentiles are off by. Linked with the library m3-learning.
#include "nn/percentile-loss.h"

#include <gtest/gtest.h>

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

using namespace ns3::m3;

namespace
{

constexpr int64_t PERCENTILES = 100;

/// Percentiles 1 to 100 of values that rise evenly in their logarithms. \param from the least \param to the largest
torch::Tensor Rising(double from, double to)
{
    return torch::exp(torch::linspace(std::log(from), std::log(to), PERCENTILES, torch::kDouble)).unsqueeze(0);
}

torch::Tensor Alike(double value)
{
    return torch::full({1, PERCENTILES}, value, torch::kDouble);
}

/// Mean loss of a prediction against samples that look alike to the model.
double MeanLoss(const torch::Tensor& predicted, const torch::Tensor& samples)
{
    return PercentileLoss(predicted.expand_as(samples), samples).mean().item<double>();
}

} // namespace

TEST(PercentileLoss, IsThePinballLossOfEveryPairOfLogarithms)
{
    const auto predicted = torch::stack({Rising(1.2, 3)[0].flip(0), Rising(0.2, 40)[0], Alike(2)[0]});
    const auto samples = torch::stack({Rising(1, 5)[0], Alike(2)[0], Alike(2)[0]});
    const auto loss = PercentileLoss(predicted, samples);
    for (int64_t row = 0; row < predicted.size(0); row++)
    {
        for (int64_t p = 0; p < PERCENTILES; p++)
        {
            const double x = predicted[row][p].item<double>();
            const double quantile = x >= 1 ? std::log(x) : x - 1;
            const double level = (static_cast<double>(p) + 0.5) / PERCENTILES;
            double expected = 0;
            for (int64_t i = 0; i < PERCENTILES; i++)
            {
                const double error = std::log(samples[row][i].item<double>()) - quantile;
                expected += std::max(level * error, (level - 1) * error) / PERCENTILES;
            }
            ASSERT_NEAR(loss[row][p].item<double>(), expected, 1e-9) << row << ' ' << p;
        }
    }
    EXPECT_NEAR(loss[2].sum().item<double>(), 0, 1e-9);
}

TEST(PercentileLoss, IsLeastAtThePercentilesOfAKnownSample)
{
    const auto sample = Rising(1, 9);
    const double least = MeanLoss(sample, sample);
    for (const int64_t p : {0, 1, 49, 98, 99})
    {
        for (const double factor : {0.9, 0.99, 1.01, 1.1})
        {
            auto other = sample.clone();
            other[0][p] *= factor;
            EXPECT_GT(MeanLoss(other, sample), least) << p << ' ' << factor;
        }
    }
}

TEST(PercentileLoss, IsLeastAtThePoolOfSamplesThatLookAlike)
{
    // a tenth of the paths are ten times as slow: the tail of all is theirs, and the median is not
    auto samples = Alike(2).repeat({10, 1});
    samples[9].fill_(20);
    auto pool = Alike(2);
    pool.slice(1, PERCENTILES * 9 / 10).fill_(20);
    const double least = MeanLoss(pool, samples);
    EXPECT_LT(least, MeanLoss(Alike(2), samples)) << "the median, without a tail";
    EXPECT_LT(least, MeanLoss(Alike(3.8), samples)) << "the mean";
    const auto published = [&](const torch::Tensor& predicted)
    { return (predicted.expand_as(samples) / samples - 1).abs().mean().item<double>(); };
    EXPECT_GT(published(pool), published(Alike(2))) << "which the published loss prefers";
}

TEST(PercentileLoss, GradientsLeadToThePool)
{
    auto samples = Alike(2).repeat({10, 1});
    samples[9].fill_(20);
    auto predicted = torch::full({1, PERCENTILES}, 0.5, torch::kDouble).set_requires_grad(true); // below 1, too
    for (const double rate : {5.0, 0.05})                                                        // fast, then exactly
    {
        torch::optim::SGD optimizer({predicted}, rate);
        for (int step = 0; step < 1000; step++)
        {
            optimizer.zero_grad();
            (PercentileLoss(predicted.expand_as(samples), samples).sum() / 10).backward();
            optimizer.step();
        }
    }
    EXPECT_NEAR(predicted[0][10].item<double>(), 2, 0.3);
    EXPECT_NEAR(predicted[0][80].item<double>(), 2, 0.3);
    EXPECT_NEAR(predicted[0][97].item<double>(), 20, 3);
}
