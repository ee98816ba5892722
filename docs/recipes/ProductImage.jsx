import { Image, ImageKitProvider } from "@imagekit/react";

// `path` is a media path of Akeneo: "media-files/1/2/a/b/12ab_mug.jpg".
export default function ProductImage({ path, alt }) {
  return (
    <ImageKitProvider urlEndpoint="https://img.example.com" transformationPosition="path">
      <Image
        src={path}
        alt={alt}
        width={400}
        height={300}
        transformation={[{ width: 800, height: 600, focus: "auto" }]} // as large as a screen of double density needs
      />
      <Image src={path} alt={alt} sizes="(min-width: 60rem) 50vw, 100vw" loading="lazy" />
    </ImageKitProvider>
  );
}
