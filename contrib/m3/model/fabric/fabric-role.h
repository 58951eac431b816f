// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FABRIC_ROLE_H
#define M3_FABRIC_ROLE_H

#include "ns3/m3-fabric-graph.h"

#include "ns3/object.h"

namespace ns3::m3
{

/// \ingroup m3-fabric
/// Aggregated to an ns-3 node, says whether it is a host or a switch where its number of links does not (a host with
/// two NICs, a switch with one link), or a host that forwards, as in rings, tori, BCube and boards of GPUs;
/// and whether a switch stands inside a server, as an NVSwitch does.
class FabricRole : public Object
{
  public:
    static TypeId GetTypeId(); //!< \return the type; it has no attributes
    /// Says what its node is. \param isServerSwitch it is a switch inside a server (FabricGraph::SetServerSwitch)
    explicit FabricRole(NodeKind kind = NodeKind::HOST, bool isServerSwitch = false);

    /// What its node is.
    NodeKind Kind() const
    {
        return m_kind;
    }

    /// Whether it is a switch inside a server.
    bool IsServerSwitch() const
    {
        return m_isServerSwitch;
    }

  private:
    NodeKind m_kind;
    bool m_isServerSwitch;
};

} // namespace ns3::m3

#endif // M3_FABRIC_ROLE_H
