// SPDX-License-Identifier: GPL-2.0-only
// HPCC-PINT: what its switches and packets carry, and that flows fare as with HPCC, on average.
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-hpcc-pint.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-workload-helper.h"
#include "packet/controls/pint.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace ns3::m3;

TEST(Pint, ASteadyPortHasItsUtilisation)
{
    // packets of 1000 B at 1.25 B/ns, base RTT 10 us: half of the time busy; then a queue of one BDP on top
    PintPort port;
    constexpr double BYTES_PER_NS = 1.25;
    constexpr double RTT = 10'000;
    int64_t now = 0;
    double utilisation = 0;
    for (int i = 0; i < 200; i++, now += 1600)
    {
        utilisation = port.Update(now, 1000, 0, BYTES_PER_NS, RTT);
    }
    EXPECT_NEAR(utilisation, 0.5, 0.05);
    for (int i = 0; i < 200; i++, now += 800)
    {
        utilisation = port.Update(now, 1000, 12'500, BYTES_PER_NS, RTT);
    }
    EXPECT_NEAR(utilisation, 2, 0.1) << "rate 1 and queue 1";
    EXPECT_LT(port.Update(now + 1'000'000, 1000, 0, BYTES_PER_NS, RTT), 0.1) << "forgotten after an RTT";
}

TEST(Pint, RoundingIsRightOnAverage)
{
    RandomStream random(1);
    for (double base : {1.05, 1.2})
    {
        for (double utilisation : {0.003, 0.4, 0.95, 3.0})
        {
            double sum = 0;
            constexpr int DRAWS = 20'000;
            for (int i = 0; i < DRAWS; i++)
            {
                const uint32_t logarithm = PintLogarithm(base, utilisation, random.Uniform());
                const double back = PintUtilisation(base, logarithm);
                EXPECT_LE(std::abs(std::log(back / (std::ceil(512 * utilisation) / 512))), std::log(base) + 1e-9);
                sum += logarithm;
            }
            const double exact = std::log(std::ceil(512 * utilisation)) / std::log(base);
            EXPECT_NEAR(sum / DRAWS, exact, 0.02);
        }
    }
}

TEST(Pint, FlowsFareAsWithHpcc)
{
    const FabricGraph fabric = MakeLeafSpine({4, 4, 2});
    WorkloadHelper workload;
    workload.sizes = "WebServer";
    workload.flows = 4000;
    workload.load = 0.6;
    const FlowList flows = workload.Generate(fabric);
    M3Estimator estimator(fabric);
    const auto run = [&](const char* control, EngineMode mode, double probability)
    {
        estimator.config.congestionControl = ParseCongestionControl(control);
        estimator.config.mode = mode;
        estimator.config.Of<PintConfig>().probability = probability;
        return estimator.Run("packet", flows);
    };
    for (EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        const SlowdownReport hpcc = run("hpcc", mode, 1);
        const SlowdownReport dctcp = run("dctcp", mode, 1);
        for (double probability : {1.0, 1.0 / 16})
        {
            const SlowdownReport pint = run("hpcc-pint", mode, probability);
            EXPECT_EQ(pint.Unfinished(), 0U);
            // the small flows show the queues, which are HPCC's, far below DCTCP's
            const double queues = pint.ClassQuantile(1, 0.9) - 1;
            EXPECT_NEAR(queues, hpcc.ClassQuantile(1, 0.9) - 1, 0.5 * (hpcc.ClassQuantile(1, 0.9) - 1)) << probability;
            EXPECT_LT(queues, 0.7 * (dctcp.ClassQuantile(1, 0.9) - 1)) << probability;
            EXPECT_NEAR(std::log(pint.ClassQuantile(3, 0.5) / hpcc.ClassQuantile(3, 0.5)), 0, 0.25) << probability;
        }
    }
}

TEST(Pint, RefusesWhatCannotWork)
{
    const FabricGraph fabric = Star(3, 10'000'000'000);
    RdmaConfig config;
    config.congestionControl = CongestionControlType::HPCC_PINT;
    const FlowList flows = {{0, 1, 5000, 0}};
    EXPECT_EQ(RunPacketSimulation(fabric, config, flows).completionOrder.size(), 1U);
    for (double base : {1.0, 0.5})
    {
        config.Of<PintConfig>().logBase = base;
        EXPECT_THROW(RunPacketSimulation(fabric, config, flows), InputError);
    }
    config.Of<PintConfig>().logBase = 1.05;
    for (double probability : {0.0, 1.1})
    {
        config.Of<PintConfig>().probability = probability;
        EXPECT_THROW(RunPacketSimulation(fabric, config, flows), InputError);
    }
    config.Of<PintConfig>().probability = 1;
    config.perPairWindow = true;
    EXPECT_THROW(RunPacketSimulation(fabric, config, flows), InputError);
}
