// SPDX-License-Identifier: GPL-2.0-only
#include "space-parts.h"

#include "fabric/ideal-fct.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-timely.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

namespace
{

constexpr double TEN_GBPS = 1e10;

void DrawControl(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    const auto hostRate = static_cast<double>(fabric.HostRate());
    const double scale = hostRate / TEN_GBPS;
    const auto bytes = [&](double low, double high)
    { return static_cast<uint64_t>(random.LogUniform(low, high) * scale); };
    const auto rate = [&](double lowMbps, double highMbps)
    { return static_cast<uint64_t>(random.LogUniform(lowMbps, highMbps) * 1e6 * scale); };
    const bool defaults = random.Uniform() < 0.2;
    config.congestionControl = Choose<CongestionControlType>(random,
                                                             {CongestionControlType::DCTCP,
                                                              CongestionControlType::DCTCP,
                                                              CongestionControlType::DCQCN,
                                                              CongestionControlType::DCQCN,
                                                              CongestionControlType::HPCC,
                                                              CongestionControlType::HPCC,
                                                              CongestionControlType::TIMELY,
                                                              CongestionControlType::TIMELY,
                                                              CongestionControlType::TIMELY});
    if (defaults)
    {
        return;
    }
    switch (config.congestionControl)
    {
    case CongestionControlType::DCTCP:
        config.Of<DctcpConfig>().kBytes = bytes(5000, 30'000);
        config.Of<DctcpConfig>().aiBps = random.Uniform() < 0.7 ? rate(615, 615) : rate(200, 1500);
        break;
    case CongestionControlType::DCQCN:
        config.Of<DcqcnConfig>().kminBytes = bytes(8000, 50'000);
        config.Of<DcqcnConfig>().kmaxBytes = *config.Of<DcqcnConfig>().kminBytes + bytes(20'000, 100'000);
        config.Of<DcqcnConfig>().pmax = random.Uniform() < 0.7 ? 0.2 : random.Uniform(0.05, 1);
        config.Of<DcqcnConfig>().increaseTimerNs = random.Uniform() < 0.7 ? 55'000 : 300'000;
        if (config.Of<DcqcnConfig>().increaseTimerNs == 300'000)
        {
            config.Of<DcqcnConfig>().alphaTimerNs = 1000;
            config.Of<DcqcnConfig>().decreaseTimerNs = 4000;
        }
        break;
    case CongestionControlType::HPCC:
        config.Of<HpccConfig>().eta = random.Uniform(0.7, 0.98);
        config.Of<HpccConfig>().aiBps = rate(25, 1000);
        break;
    default:
        config.Of<TimelyConfig>().tLowNs = std::llround(random.Uniform(30'000, 65'000));
        config.Of<TimelyConfig>().tHighNs =
            config.Of<TimelyConfig>().tLowNs + std::llround(random.Uniform(30'000, 110'000));
        config.Of<TimelyConfig>().aiBps = rate(10, 10);
    }
}

void DrawPools(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    if (random.Uniform() < 0.4)
    {
        return; // the default pool
    }
    const double perCapacity = random.LogUniform(5000, 80'000) / TEN_GBPS;
    config.nodeSharedPoolBytes.assign(fabric.NodeCount(), 0);
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        const auto capacity = static_cast<double>(fabric.PortCapacity(node));
        config.nodeSharedPoolBytes[node] =
            fabric.IsHost(node) ? 0 : static_cast<uint64_t>(std::max(4000.0, perCapacity * capacity));
    }
}

} // namespace

void DrawPublishedConfig(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    const auto kilobytes = [&random](double low, double high)
    { return static_cast<uint64_t>(random.Uniform(low, high) * 1000); };
    const auto microseconds = [&random](double low, double high)
    { return std::llround(random.Uniform(low, high) * 1000); };
    DrawControl(random, fabric, config);
    switch (config.congestionControl)
    {
    case CongestionControlType::DCTCP:
        config.Of<DctcpConfig>().kBytes = kilobytes(5, 20);
        config.Of<DctcpConfig>().aiBps.reset();
        break;
    case CongestionControlType::DCQCN:
        config.Of<DcqcnConfig>().kminBytes = kilobytes(20, 50);
        config.Of<DcqcnConfig>().kmaxBytes = kilobytes(50, 100);
        break;
    case CongestionControlType::HPCC:
        config.Of<HpccConfig>().eta = random.Uniform(0.7, 0.95);
        config.Of<HpccConfig>().aiBps = static_cast<uint64_t>(random.Uniform(500, 1000) * 1e6);
        break;
    default:
        config.Of<TimelyConfig>().tLowNs = microseconds(40, 60);
        config.Of<TimelyConfig>().tHighNs = microseconds(100, 150);
    }
    config.windowBytes = kilobytes(5, 30);
    config.pfc = random.Uniform() < 0.5;
    if (random.Uniform() < 0.4)
    {
        DrawPools(random, fabric, config);
    }
}

void DrawConfig(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    DrawControl(random, fabric, config);
    config.pfc = random.Uniform() < 0.75;
    DrawPools(random, fabric, config);
    if (random.Uniform() < 0.65)
    {
        const RouteTable routes(fabric, config.mode);
        const int64_t rtt = MaxBaseRttNs(fabric, routes, config.Format(), config.AckBytes());
        const double bdp = static_cast<double>(rtt) * static_cast<double>(fabric.HostRate()) / 8e9;
        config.windowBytes = static_cast<uint64_t>(std::max(2000.0, bdp * random.LogUniform(0.3, 3)));
    }
    config.variableWindow = random.Uniform() < 0.85;
}

} // namespace ns3::m3
