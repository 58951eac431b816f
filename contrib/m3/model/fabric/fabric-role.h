// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FABRIC_ROLE_H
#define M3_FABRIC_ROLE_H

#include "ns3/m3-fabric-graph.h"

#include "ns3/object.h"

namespace ns3::m3
{

/// \ingroup m3-fabric
/// Aggregated to an ns-3 node, says whether it is a host or a switch where its number of links does not (a host with
/// two NICs, a switch with one link), or a host that forwards, as in rings, tori, BCube and boards of GPUs.
class FabricRole : public Object
{
  public:
    static TypeId GetTypeId(); //!< \return the type; it has no attributes
    /// Says what its node is.
    explicit FabricRole(NodeKind kind = NodeKind::HOST);

    /// What its node is.
    NodeKind Kind() const
    {
        return m_kind;
    }

  private:
    NodeKind m_kind;
};

} // namespace ns3::m3

#endif // M3_FABRIC_ROLE_H
