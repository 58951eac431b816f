// SPDX-License-Identifier: GPL-2.0-only
// Which load balancings come with the module, and those that a script makes known by a maker alone.
#include "ns3/m3-drill.h"
#include "ns3/m3-entropy.h"
#include "ns3/m3-flowlet.h"
#include "ns3/m3-load-balancing.h"
#include "ns3/m3-spray.h"

#include <utility>

namespace ns3::m3
{

std::vector<LoadBalancingDescription> BuiltInLoadBalancings()
{
    LoadBalancingDescription ecmp; // RouteTable::DataRoute
    ecmp.type = LoadBalancingType::ECMP;
    ecmp.name = "ecmp";
    ecmp.keepsOrder = true;
    return {ecmp, SprayBalancing(), FlowletBalancing(), DrillBalancing(), EntropyBalancing()};
}

LoadBalancingType RegisterLoadBalancing(const std::string& name, LoadBalancingMaker make)
{
    LoadBalancingDescription balancing;
    balancing.name = name;
    balancing.make = std::move(make);
    return AddLoadBalancing(std::move(balancing));
}

} // namespace ns3::m3
