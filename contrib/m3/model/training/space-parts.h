// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SPACE_PARTS_H
#define M3_SPACE_PARTS_H

#include "core/random-stream.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-scenario-space.h"
#include "workload/size-distribution.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// What scenarios of training are drawn of: networks, configurations, traffic.

namespace ns3::m3
{

/// Draws one of some values.
template <typename T>
T Choose(RandomStream& random, const std::vector<T>& values)
{
    return values[random.Integer(0, values.size() - 1)];
}

/// Draws an integer, both ends included.
inline uint32_t Between(RandomStream& random, uint32_t low, uint32_t high)
{
    return static_cast<uint32_t>(random.Integer(low, high));
}

/// Rates and delay of the links of a fabric, for all shapes.
struct LinkShape
{
    uint64_t hostBps;   //!< rate of host links
    uint64_t fabricBps; //!< rate of all others
    int64_t delayNs;    //!< propagation delay of each link
};

/// The links of the paper's fabric: 10 and 40 Gb/s, 1 us.
inline constexpr LinkShape PUBLISHED_LINKS{10'000'000'000U, 40'000'000'000U, 1000};

/// Draws links as DrawScenario() says.
LinkShape DrawLinkShape(RandomStream& random);

/// Returns the same fabric with a delay of its own for each link, up to 4 times longer or shorter.
FabricGraph WithUnequalDelays(RandomStream& random, const FabricGraph& even);

/// Draws a leaf-spine or three-tier fabric. \param description receives one line for people
FabricGraph DrawFabric(RandomStream& random, const LinkShape& links, const HostRange& range, std::string& description);

/// Draws a configuration for a fabric.
using DrawOfConfig = void (*)(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config);

/// Draws the parameters of a control, window and buffers from the ranges of the m3 paper (SIGCOMM 2024, table 4).
void DrawPublishedConfig(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config);

/// Draws them from wider ranges, as DrawScenario() says.
void DrawConfig(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config);

/// Sizes of flows, and what to call them.
struct Sizes
{
    std::string text;                               //!< what to call them
    std::unique_ptr<SizeDistribution> distribution; //!< the distribution

    /// \param name as ParseSizeDistribution()
    explicit Sizes(const std::string& name);

    /// \param points of the cumulative distribution
    explicit Sizes(const std::vector<CdfPoint>& points);
};

/// Draws sizes as DrawScenario() says. \param minMean of tables and parametric families, bytes
Sizes DrawSizes(RandomStream& random, double minMean);

/// Traffic that is drawn for a network with its configuration.
struct TrafficDraw
{
    RandomStream& random;      //!< source of all draws
    const FabricGraph& fabric; //!< the network
    const RouteTable& routes;  //!< its routes
    const RdmaConfig& config;  //!< its configuration
    double packetHops;         //!< packet transmissions that the traffic may take, approximately
    double meanSize = 0;       //!< result: mean of the distribution of sizes, bytes
    std::string text;          //!< result: what to call it
    FlowList flows;            //!< result: by start

    /// Number of flows of a size that as many packet transmissions pay for. \param bytes payload
    double Affordable(double bytes) const;
};

/// Sizes and load of open-loop traffic.
struct OpenLoop
{
    std::function<Sizes(RandomStream& random)> sizes; //!< draws the sizes
    double minLoad = 0.1;                             //!< of the most loaded link, at least
    double maxLoad = 0.85;                            //!< at most
};

/// Draws flows of one arrival process: a rack matrix, sizes, load and burstiness as DrawScenario() says.
void DrawOpenLoop(TrafficDraw& draw, const OpenLoop& of);

} // namespace ns3::m3

#endif // M3_SPACE_PARTS_H
