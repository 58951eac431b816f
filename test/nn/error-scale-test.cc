// SPDX-License-Identifier: GPL-2.0-only
#include "core/random-stream.h"
#include "features/flow-features.h"
#include "nn/correction-model.h"
#include "nn/error-scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Networks whose numbers are independent, and whose error has a standard deviation of 0.1 e^(first number).
std::vector<HeldOutNetwork> DrawNetworks(std::size_t count, uint64_t seed, const std::string& kind = "usual")
{
    RandomStream random(seed);
    std::vector<HeldOutNetwork> networks(count);
    for (HeldOutNetwork& network : networks)
    {
        network.profile.resize(PROFILE_SIZE);
        for (float& value : network.profile)
        {
            value = static_cast<float>(random.Normal());
        }
        network.logError = 0.1 * std::exp(static_cast<double>(network.profile[0])) * random.Normal();
        network.kind = kind;
    }
    return networks;
}

double ReachOn(const ErrorScale& scale, const HeldOutNetwork& network)
{
    const HeldOutErrors errors = scale.ErrorsOf(network.profile);
    EXPECT_NEAR(errors.truthOverEstimate.low * errors.truthOverEstimate.high, 1, 1e-9);
    return std::log(errors.truthOverEstimate.high);
}

double CoverageOn(const ErrorScale& scale, const std::vector<HeldOutNetwork>& networks)
{
    double held = 0;
    for (const HeldOutNetwork& network : networks)
    {
        held += std::abs(network.logError) <= ReachOn(scale, network);
    }
    return held / static_cast<double>(networks.size());
}

} // namespace

TEST(ErrorScale, QuantilesHaveFactorsOfTheirOwn)
{
    // the p50 of all flows is off by a third of what the p99 is, the p90 of the first class by an amount that follows
    // another number of the profile, in half of the networks; nothing else is known
    const auto draw = [](uint64_t seed)
    {
        std::vector<HeldOutNetwork> networks = DrawNetworks(1500, seed);
        RandomStream random(seed + 100);
        for (HeldOutNetwork& network : networks)
        {
            const double deviation = 0.1 * std::exp(static_cast<double>(network.profile[0]));
            network.logErrors.assign(ERROR_ROWS * ERROR_LEVELS.size(), std::nan(""));
            network.logErrors[4 * ERROR_LEVELS.size() + 1] = deviation / 3 * random.Normal();
            const double other = 0.2 * std::exp(static_cast<double>(network.profile[1]));
            network.logErrors[3] = random.Uniform() < 0.5 ? other * random.Normal() : std::nan("");
        }
        for (std::size_t n = 0; n < MIN_HELD_OUT - 1; n++)
        {
            networks[n].logErrors[2] = 1; // one network too few
        }
        return networks;
    };
    const ErrorScale scale = FitErrorScale(draw(11));
    const std::vector<HeldOutNetwork> others = draw(12);
    for (const auto& [row, level] : {std::pair{4U, 1U}, {0U, 3U}})
    {
        double held = 0;
        double known = 0;
        for (const HeldOutNetwork& network : others)
        {
            const double error = network.logErrors[row * ERROR_LEVELS.size() + level];
            const double reach = scale.ErrorsOf(network.profile).ReachOf(row, ERROR_LEVELS[level]);
            known += !std::isnan(error);
            held += std::abs(error) <= reach;
        }
        EXPECT_GT(held / known, 0.925) << row;
        EXPECT_LT(held / known, 0.975) << row;
    }
    NetworkProfile profile(PROFILE_SIZE, 0);
    const double median = scale.ErrorsOf(profile).ReachOf(4, 0.5);
    EXPECT_NEAR(median / std::log(scale.ErrorsOf(profile).truthOverEstimate.high), 1 / 3.0, 0.1);
    const double ofClass = scale.ErrorsOf(profile).ReachOf(0, 0.9);
    profile[1] = 1;
    EXPECT_GT(scale.ErrorsOf(profile).ReachOf(0, 0.9), 2 * ofClass);
    EXPECT_NEAR(scale.ErrorsOf(profile).ReachOf(4, 0.5) / median, 1, 0.2) << "which does not follow that number";
    EXPECT_TRUE(std::isnan(scale.factors[2]));
    EXPECT_TRUE(std::isnan(scale.factors[5]));
}

TEST(ErrorScale, HoldsNinetyFivePercentOfOthersByIntervalsThatFollowTheNetwork)
{
    const ErrorScale scale = FitErrorScale(DrawNetworks(2000, 1));
    EXPECT_EQ(scale.networks, 2000U);
    const std::vector<HeldOutNetwork> others = DrawNetworks(4000, 2);
    const double coverage = CoverageOn(scale, others); // standard error 0.5 % by the draws of both
    EXPECT_GT(coverage, 0.93);
    EXPECT_LT(coverage, 0.97);
    // the size grows by e^2 from -1 to 1, less what the floor of 2 % and the ridge take off
    HeldOutNetwork network;
    network.profile.assign(PROFILE_SIZE, 0);
    network.profile[0] = 1;
    const double wide = ReachOn(scale, network);
    network.profile[0] = -1;
    const double narrow = ReachOn(scale, network);
    EXPECT_GT(wide / narrow, 3);
    EXPECT_LT(wide / narrow, std::exp(2) * 1.2);
    network.profile[0] = 0;
    network.profile[1] = 1;
    const double other = ReachOn(scale, network);
    network.profile[1] = -1;
    EXPECT_NEAR(other / ReachOn(scale, network), 1, 0.2) << "nothing depends on that number";
}

TEST(ErrorScale, IntervalsFollowTheNearestNetworksWhereARegressionCannot)
{
    // errors are five times as large where the second number is far from 0 on either side, which no linear function of
    // it says: |error| at most 1.96 deviations in 95 %, so that reaches of 0.098 and 0.49 are right
    const auto draw = [](std::size_t count, uint64_t seed)
    {
        std::vector<HeldOutNetwork> networks = DrawNetworks(count, seed);
        RandomStream random(seed + 7);
        for (HeldOutNetwork& network : networks)
        {
            const double side = random.Uniform() < 0.5 ? -1 : 1;
            const bool isFar = random.Uniform() < 0.5;
            network.profile.assign(PROFILE_SIZE, 0);
            network.profile[1] = static_cast<float>(isFar ? 3 * side : 0.1 * side);
            network.logError = (isFar ? 0.25 : 0.05) * random.Normal();
            network.kind = isFar ? "far" : "near";
        }
        return networks;
    };
    const ErrorScale scale = FitErrorScale(draw(1600, 3));
    const ErrorScale ofFew = FitErrorScale(draw(MANY_HELD_OUT - 1, 3));
    EXPECT_TRUE(ofFew.places.empty());
    std::vector<HeldOutNetwork> sides[2];
    for (const HeldOutNetwork& network : draw(2000, 4))
    {
        sides[network.kind == "far"].push_back(network);
    }
    for (const bool isFar : {false, true})
    {
        EXPECT_NEAR(CoverageOn(scale, sides[isFar]), 0.95, 0.035) << isFar;
        EXPECT_NEAR(ReachOn(scale, sides[isFar].front()) / (isFar ? 0.49 : 0.098), 1, 0.35) << isFar;
    }
    // one factor for all, which has to hold nine of ten of the far ones
    EXPECT_GT(ReachOn(ofFew, sides[0].front()), 0.2);
}

TEST(ErrorScale, HoldsNinetyPercentOfAKindWhoseErrorsAreLarge)
{
    std::vector<HeldOutNetwork> networks = DrawNetworks(1500, 3);
    std::vector<HeldOutNetwork> hard = DrawNetworks(100, 4, "hard");
    for (HeldOutNetwork& network : hard)
    {
        network.logError *= 4; // which nothing in their profiles tells
    }
    networks.insert(networks.end(), hard.begin(), hard.end());
    std::vector<HeldOutNetwork> others = DrawNetworks(2000, 5);
    for (HeldOutNetwork& network : others)
    {
        network.logError *= 4;
    }
    EXPECT_GT(CoverageOn(FitErrorScale(networks), others), 0.86);
    EXPECT_LT(CoverageOn(FitErrorScale(DrawNetworks(1500, 3)), others), 0.75) << "the test could not fail";
}

TEST(ErrorScale, SaysWhatANetworkIsUnlikeIn)
{
    std::vector<HeldOutNetwork> networks = DrawNetworks(2000, 6);
    for (HeldOutNetwork& network : networks) // two numbers that go together
    {
        network.profile[3] = network.profile[2] + 0.1F * network.profile[3];
        network.profile[4] = 7; // and one that is the same everywhere
    }
    const ErrorScale scale = FitErrorScale(networks);
    double unlike = 0;
    for (HeldOutNetwork network : DrawNetworks(2000, 7))
    {
        network.profile[3] = network.profile[2] + 0.1F * network.profile[3];
        network.profile[4] = 7;
        unlike += !scale.ErrorsOf(network.profile).unlike.empty();
    }
    EXPECT_NEAR(unlike / 2000, 0.02, 0.015);
    NetworkProfile profile(PROFILE_SIZE, 0);
    profile[4] = 7;
    EXPECT_EQ(scale.ErrorsOf(profile).unlike, "");
    profile[FLOW_INPUTS + 5] = 30;
    EXPECT_EQ(scale.ErrorsOf(profile).unlike, HOP_INPUT_NAMES[5].text);
    profile[FLOW_INPUTS + 5] = 0;
    profile[4] = 7.5;
    EXPECT_EQ(scale.ErrorsOf(profile).unlike, FLOW_INPUT_NAMES[4].text);
    profile[4] = 7;
    profile[2] = 3; // each within what others have, together nowhere: the shrunk covariance still tells
    profile[3] = -3;
    EXPECT_NE(scale.ErrorsOf(profile).unlike, "");
}

TEST(ErrorScale, IsNotKnownFromFewNetworksAndWithoutFlows)
{
    EXPECT_FALSE(FitErrorScale(DrawNetworks(MIN_HELD_OUT - 1, 8)).IsKnown());
    const ErrorScale scale = FitErrorScale(DrawNetworks(MIN_HELD_OUT, 8));
    EXPECT_TRUE(scale.IsKnown());
    EXPECT_EQ(scale.ErrorsOf({}).networks, 0U);
    ErrorScale older = scale;
    older.mean.pop_back(); // of an m3 whose profiles were shorter
    EXPECT_FALSE(older.IsKnown());
    EXPECT_EQ(older.ErrorsOf(NetworkProfile(PROFILE_SIZE, 0)).networks, 0U);
}

TEST(NetworkProfile, HasMeansOfFlowsByWeight)
{
    // two flows, of 1 and 2 links, that stand for 1 and 3 flows
    FlowFeatures features;
    features.hopBegin = {0, 1, 3};
    features.flow.assign(2 * FLOW_INPUTS, 0);
    features.hop.assign(3 * HOP_INPUTS, 0);
    features.flow[1] = 4;
    features.flow[FLOW_INPUTS + 1] = 8; // (4 + 3 * 8) / 4 = 7
    features.flow[LOG_FLUID] = static_cast<float>(std::log(2));
    features.flow[FLOW_INPUTS + LOG_FLUID] = static_cast<float>(std::log(4)); // log((2 + 3 * 4) / 4)
    features.hop[2] = 10;
    features.hop[HOP_INPUTS + 2] = -1;
    features.hop[2 * HOP_INPUTS + 2] = 2; // (10 + 3 * max(-1, 2)) / 4 = 4
    std::vector<float> predicted(2 * QUANTILES, 5);
    std::fill_n(predicted.begin(), QUANTILES, 1.0F); // log((1 + 3 * 5) / 4); medians (log 1 + 3 log 5) / 4
    ProfileMeans means;
    EXPECT_TRUE(means.Profile().empty());
    means.Add(features, predicted, {1, 3});
    const NetworkProfile profile = means.Profile();
    ASSERT_EQ(profile.size(), PROFILE_SIZE);
    EXPECT_FLOAT_EQ(profile[1], 7);
    EXPECT_FLOAT_EQ(profile[FLOW_INPUTS + 2], 4);
    const std::size_t others = FLOW_INPUTS + HOP_INPUTS;
    EXPECT_NEAR(profile[others], std::log(3.5), 1e-6);
    EXPECT_NEAR(profile[others + 1], std::log(4), 1e-6);
    EXPECT_NEAR(profile[others + 2], 0.75 * std::log(5), 1e-6);
    EXPECT_NEAR(profile[others + 3], 0, 1e-6);
    EXPECT_NEAR(profile[others + 4], std::log(4), 1e-6);
    EXPECT_STREQ(ProfileName(others + 4), "number of flows");
    EXPECT_STREQ(ProfileName(FLOW_INPUTS), HOP_INPUT_NAMES[0].text);
}

TEST(ErrorScale, ErrorsUnderNamedControlsAreNotThoseOfOthers)
{
    for (const bool named : {true, false})
    {
        const auto draw = [](bool isNamed, uint64_t seed)
        {
            std::vector<HeldOutNetwork> networks = DrawNetworks(200, seed);
            for (std::size_t n = 0; n < networks.size(); n++)
            {
                for (const uint32_t place : {IS_DCTCP, IS_DCQCN, IS_HPCC, IS_TIMELY, IS_UNCONTROLLED})
                {
                    networks[n].profile[place] = 0;
                }
                networks[n].profile[n % 2 ? IS_DCTCP : IS_TIMELY] = isNamed ? 1 : 0;
            }
            return networks;
        };
        const ErrorScale scale = FitErrorScale(draw(named, 13));
        int unlike = 0;
        for (const HeldOutNetwork& network : draw(!named, 14))
        {
            unlike += scale.ErrorsOf(network.profile).unlike == "congestion control";
        }
        EXPECT_EQ(unlike, 200) << named;
        for (const HeldOutNetwork& network : draw(named, 15))
        {
            EXPECT_NE(scale.ErrorsOf(network.profile).unlike, "congestion control");
        }
    }
}

} // namespace ns3::m3
