// SPDX-License-Identifier: GPL-2.0-only
#include "fabric-role.h"

namespace ns3::m3
{

NS_OBJECT_ENSURE_REGISTERED(FabricRole);

TypeId FabricRole::GetTypeId()
{
    static TypeId id =
        TypeId("ns3::m3::FabricRole").SetParent<Object>().SetGroupName("M3").AddConstructor<FabricRole>();
    return id;
}

FabricRole::FabricRole(NodeKind kind, bool isServerSwitch)
    : m_kind(kind),
      m_isServerSwitch(isServerSwitch)
{
}

} // namespace ns3::m3
