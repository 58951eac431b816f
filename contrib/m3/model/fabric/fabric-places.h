// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FABRIC_PLACES_H
#define M3_FABRIC_PLACES_H

#include "ns3/m3-fabric-graph.h"

#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-fabric
/// Where in a network a directed link is, in words.
struct LinkPlace
{
    std::string name;  //!< The links that it is one of, as in "uplinks of rack 2".
    std::string kind;  //!< Places that are alike, as in "uplinks of racks".
    std::string ratio; //!< Oversubscription of uplinks: what may come in from below over what goes up, as in "4:1"; ""
                       //!< up to 1:1 and for other links.
};

/**
 * \ingroup m3-fabric
 * Racks and pods of a network, and names of its links. A rack is a switch that hosts are attached to by their first
 * port (FabricGraph::TopOfRack), with these hosts. The tier of a switch is the smallest number of links between it and
 * a host. Where there are switches of tier 3, a pod is what the links between switches of the tiers 1 and 2 connect;
 * elsewhere the whole network is one pod. Racks count from 0 in the order of the ids of their switches, pods in the
 * order of their first racks.
 */
class FabricPlaces
{
  public:
    static constexpr uint32_t NONE = UINT32_MAX; //!< The rack or pod of nodes without one.

    /// \param fabric must outlive it; each host must have a link
    explicit FabricPlaces(const FabricGraph& fabric);

    /// Returns the rack of a host, or of a rack's switch.
    uint32_t RackOf(NodeId node) const
    {
        return m_rack[node];
    }

    /// Returns the pod of a host, or of a switch of tier 1 or 2.
    uint32_t PodOf(NodeId node) const
    {
        return m_pod[node];
    }

    /// Returns the number of racks.
    uint32_t Racks() const
    {
        return m_racks;
    }

    /// Returns the number of pods.
    uint32_t Pods() const
    {
        return m_pods;
    }

    /// Returns the name of a link, as in "host 3 to switch 9".
    std::string NameOf(LinkId link) const;

    /// Returns where a link is.
    LinkPlace PlaceOf(LinkId link) const;

  private:
    void FindTiers();
    void FindRacks();
    void FindPods();
    void SumRates();
    std::string RatioText(double below, double above) const;

    const FabricGraph& m_fabric;
    std::vector<uint32_t> m_tier; //!< per node; 0: host, NONE: no way to a host
    std::vector<uint32_t> m_rack; //!< per node
    std::vector<uint32_t> m_pod;  //!< per node
    uint32_t m_racks = 0;
    uint32_t m_pods = 0;
    std::vector<double> m_rackBelow; //!< per rack: bit/s from its hosts to its switch
    std::vector<double> m_rackAbove; //!< per rack: bit/s from its switch to tier 2
    std::vector<double> m_podBelow;  //!< per pod: bit/s from tier 1 to tier 2
    std::vector<double> m_podAbove;  //!< per pod: bit/s from tier 2 to tier 3
};

} // namespace ns3::m3

#endif // M3_FABRIC_PLACES_H
