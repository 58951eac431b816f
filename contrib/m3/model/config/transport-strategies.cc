// SPDX-License-Identifier: GPL-2.0-only
// The registries of load balancings and recoveries.
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-recovery-description.h"

#include "strategy-registry.h"

#include <utility>

namespace ns3::m3
{

namespace
{

StrategyRegistry<LoadBalancingDescription>& LoadBalancingRegistry()
{
    static StrategyRegistry<LoadBalancingDescription> registry("load balancing", BuiltInLoadBalancings());
    return registry;
}

StrategyRegistry<RecoveryDescription>& RecoveryRegistry()
{
    static StrategyRegistry<RecoveryDescription> registry("recovery", BuiltInRecoveries());
    return registry;
}

} // namespace

const std::deque<LoadBalancingDescription>& LoadBalancings()
{
    return LoadBalancingRegistry().All();
}

const LoadBalancingDescription& LoadBalancingOf(LoadBalancingType type)
{
    return LoadBalancingRegistry().Of(type);
}

LoadBalancingType ParseLoadBalancing(const std::string& name)
{
    return LoadBalancingRegistry().Parse(name);
}

LoadBalancingType AddLoadBalancing(LoadBalancingDescription description)
{
    CheckParameterNames("load balancing " + description.name, description.parameters);
    return LoadBalancingRegistry().Add(std::move(description));
}

const std::deque<RecoveryDescription>& Recoveries()
{
    return RecoveryRegistry().All();
}

const RecoveryDescription& RecoveryOf(RecoveryType type)
{
    return RecoveryRegistry().Of(type);
}

RecoveryType ParseRecovery(const std::string& name)
{
    return RecoveryRegistry().Parse(name);
}

RecoveryType AddRecovery(RecoveryDescription description)
{
    CheckParameterNames("recovery " + description.name, description.parameters);
    return RecoveryRegistry().Add(std::move(description));
}

std::vector<ParameterChoice> LoadBalancingChoices()
{
    return LoadBalancingRegistry().Choices();
}

std::vector<ParameterChoice> RecoveryChoices()
{
    return RecoveryRegistry().Choices();
}

} // namespace ns3::m3
