# Imported targets ns3::lib<module> for an installed ns-3 (Debian's libns3-dev, or NS3_ROOT = an install or build tree).
# Debian's own package file stops unless several packages are present that libns3-dev does not depend on, so headers
# and libraries are looked up here.
find_path(NS3_INCLUDE_DIR ns3/core-module.h HINTS ${NS3_ROOT} ENV NS3_ROOT PATH_SUFFIXES include build/include)
if(NOT NS3_INCLUDE_DIR)
  if(CMAKE_FIND_PACKAGE_NAME) # as part of the installed package
    set(${CMAKE_FIND_PACKAGE_NAME}_FOUND FALSE)
    set(${CMAKE_FIND_PACKAGE_NAME}_NOT_FOUND_MESSAGE "ns-3 not found: install libns3-dev or set NS3_ROOT")
    return()
  endif()
  message(FATAL_ERROR "ns-3 not found: install the package libns3-dev or set NS3_ROOT")
endif()

if(NS3_ROOT)
  # an RPATH that also holds for what ns-3's own libraries need, in a tree that was moved
  add_link_options(-Wl,--disable-new-dtags)
endif()

set(m3_ns3_modules core network stats point-to-point internet applications bridge traffic-control config-store)
set(m3_ns3_needs_network core stats)
set(m3_ns3_needs_stats core)
set(m3_ns3_needs_point-to-point network)
set(m3_ns3_needs_bridge network)
set(m3_ns3_needs_config-store network)
set(m3_ns3_needs_traffic-control network config-store)
set(m3_ns3_needs_internet network bridge traffic-control)
set(m3_ns3_needs_applications internet stats)

foreach(module ${m3_ns3_modules})
  # libns3-core.so (Debian), libns3.40-core-optimized.so or libns3-dev-core-default.so (own trees)
  file(GLOB found ${NS3_ROOT}/lib*/libns3*-${module}.so ${NS3_ROOT}/lib*/libns3*-${module}-*.so
       ${NS3_ROOT}/build/lib/libns3*-${module}.so ${NS3_ROOT}/build/lib/libns3*-${module}-*.so)
  # what follows the module's name is a build profile, not that of a longer name such as internet-apps
  list(FILTER found INCLUDE REGEX
       "-${module}(-(debug|default|release|optimized|relwithdebinfo|minsizerel))?\\.so$")
  if(found)
    list(GET found 0 first)
    set(NS3_${module}_LIBRARY ${first} CACHE FILEPATH "")
  else()
    find_library(NS3_${module}_LIBRARY NAMES ns3-${module})
  endif()
  if(NS3_${module}_LIBRARY AND NOT TARGET ns3::lib${module})
    add_library(ns3::lib${module} SHARED IMPORTED GLOBAL)
    set_target_properties(ns3::lib${module} PROPERTIES IMPORTED_LOCATION ${NS3_${module}_LIBRARY}
                          INTERFACE_INCLUDE_DIRECTORIES ${NS3_INCLUDE_DIR})
    foreach(need ${m3_ns3_needs_${module}})
      set_property(TARGET ns3::lib${module} APPEND PROPERTY INTERFACE_LINK_LIBRARIES ns3::lib${need})
    endforeach()
  endif()
endforeach()

# the version stands in the file name: libns3-core.so.37 (Debian) or libns3.40-core.so
get_filename_component(m3_core_file "${NS3_core_LIBRARY}" REALPATH)
if(m3_core_file MATCHES "libns3\\.([0-9]+)|libns3-core\\.so\\.([0-9]+)")
  set(NS3_VER "3.${CMAKE_MATCH_1}${CMAKE_MATCH_2}")
else()
  set(NS3_VER "3-dev")
endif()
message(STATUS "ns-3 ${NS3_VER}: ${NS3_core_LIBRARY}")
