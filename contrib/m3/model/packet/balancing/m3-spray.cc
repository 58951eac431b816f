// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-spray.h"

#include "ns3/m3-load-balancing.h"

#include <memory>

namespace ns3::m3
{

namespace
{

/// Random packet spraying (Dixit et al., On the Impact of Packet Spraying in Data Center Networks, INFOCOM 2013): each
/// packet takes any of the shortest paths with the same probability.
class Spray : public LoadBalancing
{
  public:
    uint32_t Choose(const HopChoice& choice, BalancingView& view) override
    {
        return view.Random(choice.node, choice.count);
    }
};

} // namespace

LoadBalancingDescription SprayBalancing()
{
    LoadBalancingDescription balancing;
    balancing.type = LoadBalancingType::SPRAY;
    balancing.name = "spray";
    balancing.make = [](const RdmaConfig&) { return std::make_unique<Spray>(); };
    balancing.sharesEvenly = true;
    return balancing;
}

} // namespace ns3::m3
