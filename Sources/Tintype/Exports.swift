@_exported public import struct SystemPackage.FilePath
@_exported public import TintypeColor
@_exported public import TintypeCore
@_exported public import TintypeGIF
@_exported public import TintypeJPEG
@_exported public import TintypeNetpbm
@_exported public import TintypePNG
@_exported public import TintypeQuantize
@_exported public import TintypeResample
