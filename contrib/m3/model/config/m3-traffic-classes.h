// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TRAFFIC_CLASSES_H
#define M3_TRAFFIC_CLASSES_H

#include <cstdint>
#include <string>
#include <string_view>

namespace ns3::m3
{

/// Priority classes of IEEE 802.1Q, that flows may be of: 0 to 7.
inline constexpr uint32_t PRIORITY_CLASSES = 8;

/// The class of a flow that names none.
inline constexpr uint32_t DEFAULT_CLASS = 3;

/// A set of classes, a bit for each, 1 << class.
using ClassSet = uint8_t;

/// Whether a set has a class.
constexpr bool HasClass(ClassSet classes, uint32_t priority)
{
    return (classes >> priority & 1U) != 0;
}

/// \ingroup m3-config
/// Weights of the classes that share a port, each 1 to 63 and 1 unless set, in one number, so that they are one value
/// of a configuration.
class ClassWeights
{
  public:
    static constexpr uint64_t MAX_WEIGHT = 63; //!< the largest weight

    ClassWeights() = default;

    /// \param packed of Packed()
    explicit constexpr ClassWeights(uint64_t packed)
        : m_packed(packed)
    {
    }

    /// Weight of a class.
    constexpr uint32_t Of(uint32_t priority) const
    {
        return 1 + static_cast<uint32_t>(m_packed >> (BITS * priority) & MAX_WEIGHT) % MAX_WEIGHT;
    }

    /// Sets the weight of a class, 1 to MAX_WEIGHT.
    constexpr void Set(uint32_t priority, uint64_t weight)
    {
        m_packed = (m_packed & ~(MAX_WEIGHT << (BITS * priority))) | (weight - 1) << (BITS * priority);
    }

    /// All of them as a number below 2^48; 0: all are 1.
    constexpr uint64_t Packed() const
    {
        return m_packed;
    }

  private:
    static constexpr uint32_t BITS = 6;

    uint64_t m_packed = 0;
};

/// Reads a set of classes such as "0,1,5", or "none". \param name of what is read, for the error \throws InputError
ClassSet ParseClassSet(std::string_view name, std::string_view text);

/// Writes a set of classes as ParseClassSet reads it.
std::string ClassSetText(ClassSet classes);

/// Reads weights such as "1:4,2:2" (class:weight), the others are 1; or "equal". \param name of what is read, for the
/// error \throws InputError
ClassWeights ParseClassWeights(std::string_view name, std::string_view text);

/// Writes weights as ParseClassWeights reads them.
std::string ClassWeightsText(ClassWeights weights);

} // namespace ns3::m3

#endif // M3_TRAFFIC_CLASSES_H
