// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_TRAITS_H
#define M3_SCENARIO_TRAITS_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-scenario
/// An unusual trait of a scenario, which not every engine takes into account.
enum class Trait : uint8_t
{
    LEFT_OUT,           //!< The source of the network has more than the graph holds; no engine takes it into account.
    LINK_CHANGES,       //!< Links or nodes go down, come up or are degraded during the run.
    PRIORITIES,         //!< Flows differ in their class, or theirs is treated otherwise than a port is set to.
    LINK_ERRORS,        //!< Links lose packets.
    RATE_CAP,           //!< Flows send below the rate of their NIC.
    SMALL_WINDOW,       //!< Every window is below the bandwidth-delay product.
    ACK_PRIORITY,       //!< ACKs pass a pause at hosts.
    PAIR_WINDOWS,       //!< Every pair has its own base RTT and window.
    PACED_AT_CAP,       //!< Packets are not paced at the current rate.
    PORT_THRESHOLDS,    //!< Marking thresholds are not in proportion to the rates of ports.
    ASYMMETRIC_LINKS,   //!< Links have different rates in their two directions.
    LOAD_BALANCING,     //!< Packets of a flow take several paths.
    RECOVERY,           //!< Lost packets are sent again otherwise than by go-back-N.
    CONTROL_PARAMETERS, //!< Parameters that no model has as input differ from those of training.
    CONTROL_INPUTS,     //!< Parameters that the published model does not have as input differ from those of training.
    /// Hosts forward. Without this trait an engine refuses the scenario.
    FORWARDING_HOSTS,
    /// Flows wait for others (Schedule). Without this trait an engine refuses the scenario: it would not know when
    /// flows start.
    DEPENDENCIES
};

/// \ingroup m3-scenario
/// A trait with its description in a scenario.
struct ScenarioTrait
{
    Trait trait;      //!< The trait.
    std::string text; //!< A clause for a report: "links that lose packets (error rate up to 0.01)".
};

/// \ingroup m3-scenario
/// Traits that an engine takes into account.
class TraitSet
{
  public:
    /// Makes an empty set.
    constexpr TraitSet() = default;

    /// Makes a set of some traits.
    constexpr TraitSet(std::initializer_list<Trait> traits)
    {
        for (const Trait trait : traits)
        {
            m_bits |= Bit(trait);
        }
    }

    /// Returns this set and some traits more.
    constexpr TraitSet With(std::initializer_list<Trait> traits) const
    {
        TraitSet more(traits);
        more.m_bits |= m_bits;
        return more;
    }

    /// Whether the trait is in the set.
    constexpr bool Has(Trait trait) const
    {
        return (m_bits & Bit(trait)) != 0;
    }

  private:
    static constexpr uint32_t Bit(Trait trait)
    {
        return uint32_t{1} << static_cast<uint8_t>(trait);
    }

    uint32_t m_bits = 0;
};

/**
 * Finds the traits of a scenario, in the order of the enumeration, all but FORWARDING_HOSTS and DEPENDENCIES.
 * \param config as the user gave it \throws InputError as RdmaConfig::Resolve
 */
std::vector<ScenarioTrait>
TraitsOf(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config, const FlowList& flows);

} // namespace ns3::m3

#endif // M3_SCENARIO_TRAITS_H
