// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LOAD_BALANCING_DESCRIPTION_H
#define M3_LOAD_BALANCING_DESCRIPTION_H

#include "ns3/m3-parameters.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

class LoadBalancing;

/// Makes the load balancing of one run. \param config resolved, outlives it
using LoadBalancingMaker = std::function<std::unique_ptr<LoadBalancing>(const RdmaConfig& config)>;

/**
 * Everything that distinguishes a load balancing; the module treats all alike otherwise.
 * \ingroup m3-config
 */
struct LoadBalancingDescription
{
    LoadBalancingType type = LoadBalancingType::REGISTERED; //!< Its own; REGISTERED: the next one that is free.
    std::string name;                                       //!< Lower case.
    LoadBalancingMaker make;                                //!< Empty: each flow keeps the path that its hash gives.
    std::vector<const ParameterTable*> parameters = {};     //!< Its parameters; they live as long as it.
    bool keepsOrder = false;                                //!< Packets of a flow do not overtake each other as a rule.
    bool sharesEvenly = false; //!< A flow that is long enough uses all its shortest paths in equal shares.
};

/// Returns those of the module, in the order in which they are listed. Defined in packet/balancing.
std::vector<LoadBalancingDescription> BuiltInLoadBalancings();

/// Returns all: those of the module, then those that were added.
const std::deque<LoadBalancingDescription>& LoadBalancings();

/// Returns the description of a type. \throws InputError for an unknown one
const LoadBalancingDescription& LoadBalancingOf(LoadBalancingType type);

/// Returns the type of a name such as "spray". \throws InputError that lists the names
LoadBalancingType ParseLoadBalancing(const std::string& name);

/// Registers a load balancing; its parameters are options and attributes from then on. \return its type \throws
/// InputError if its name is taken
LoadBalancingType AddLoadBalancing(LoadBalancingDescription description);

} // namespace ns3::m3

#endif // M3_LOAD_BALANCING_DESCRIPTION_H
